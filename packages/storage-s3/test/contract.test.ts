import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startS3TestServer } from "@metering/s3-test-server";
import { testStorageContract } from "@metering/storage-contract";
import { S3Storage } from "@metering/storage-s3";

testStorageContract({
  name: "S3Storage on the in-process server",
  raceRounds: 10,
  manyKeys: 70,
  async createFixture() {
    const server = await startS3TestServer({ buckets: ["metering"], pageSize: 20 });
    const { endpoint, region, credentials } = server;
    return {
      open: ({ prefix } = {}) => new S3Storage({ bucket: "metering", prefix, endpoint, region, credentials }),
      async plantInvalidKeys(folder) {
        const client = new S3Client({ endpoint, region, credentials: { ...credentials } });
        const names = ["", "folder/", "a//b", "a/../b", "a\u0001b", "a\nb"];
        for (const name of names) {
          await client.send(new PutObjectCommand({ Bucket: "metering", Key: `${folder}/${name}`, Body: "x" }));
        }
        client.destroy();
        return names;
      },
      stall: () => server.fail({ kind: "hang" }, { times: 100 }),
      break: () => server.close(),
      secrets: [credentials.accessKeyId, credentials.secretAccessKey],
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});
