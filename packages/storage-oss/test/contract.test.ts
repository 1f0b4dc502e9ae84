import { startOssTestServer } from "@metering/oss-test-server";
import { testStorageContract } from "@metering/storage-contract";
import { OssStorage } from "../src/index.ts";

testStorageContract({
  name: "OssStorage",
  createPlace: async () => {
    const server = await startOssTestServer();
    const { bucket, region, endpoint, credentials } = server;
    return {
      open: ({ prefix } = {}) => new OssStorage({ bucket, region, endpoint, credentials, prefix }),
      secrets: [credentials.accessKeyId, credentials.accessKeySecret],
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
  raceRounds: 20,
  manyKeys: 2_500,
});
