import { startS3TestServer } from "@metering/s3-test-server";
import { testStorageContract } from "@metering/storage-contract";
import { S3Storage } from "@metering/storage-s3";

testStorageContract({
  name: "S3Storage on the in-process server",
  manyKeys: 2_500,
  async createPlace() {
    const server = await startS3TestServer({ buckets: ["metering"] });
    const { endpoint, region, credentials } = server;
    return {
      open: ({ prefix } = {}) => new S3Storage({ bucket: "metering", prefix, endpoint, region, credentials }),
      secrets: [credentials.accessKeyId, credentials.secretAccessKey],
      [Symbol.asyncDispose]: () => server.close(),
    };
  },
});
