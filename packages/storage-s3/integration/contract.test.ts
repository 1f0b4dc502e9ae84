import { testStorageContract } from "@metering/storage-contract";
import { S3Storage } from "@metering/storage-s3";
import { createBucket, gateway } from "./gateway.ts";

testStorageContract({
  name: "S3Storage on a real server",
  raceRounds: 100,
  manyKeys: 2_500,
  async createFixture() {
    const bucket = await createBucket();
    return {
      open: ({ prefix } = {}) => new S3Storage({ ...gateway, bucket, prefix, forcePathStyle: true }),
      secrets: [gateway.credentials.secretAccessKey],
      // The server goes away with all its buckets.
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
