import { startOssTestServer } from "@metering/oss-test-server";
import { testStorageContract } from "@metering/storage-contract";
import OSS from "ali-oss";
import { OssStorage } from "../src/index.ts";

testStorageContract({
  name: "OssStorage",
  createFixture: async () => {
    const server = await startOssTestServer({ pageSize: 20 });
    const { bucket, region, endpoint, credentials } = server;
    return {
      open: ({ prefix } = {}) => new OssStorage({ bucket, region, endpoint, credentials, prefix }),
      async plantInvalidKeys(folder) {
        const client = new OSS({ region: `oss-${region}`, endpoint, bucket, ...credentials });
        const names = ["", "folder/", "a//b", "a\u0001b", "a\nb"];
        for (const name of names) await client.put(`${folder}/${name}`, Buffer.from("x"));
        return names;
      },
      stall: () => server.faults.add("any", { kind: "slow", delayMs: 3_600_000 }, 100),
      break: () => server.stop(),
      secrets: [credentials.accessKeyId, credentials.accessKeySecret],
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
  raceRounds: 10,
  manyKeys: 70,
});
