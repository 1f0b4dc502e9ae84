import { testStorageContract } from "@metering/storage-contract";
import { S3Storage } from "@metering/storage-s3";
import { createBucket, ifAbsent, server } from "./server.ts";

testStorageContract({
  name: "contract",
  abilities: { ifAbsent },
  raceRounds: 20,
  // More than a page of 1,000.
  manyKeys: 1_100,
  largeBytes: 4 * 1024 * 1024,
  async createFixture() {
    const bucket = await createBucket();
    return {
      open: ({ prefix } = {}) => new S3Storage({ ...server, bucket, prefix }),
      secrets: [server.credentials.secretAccessKey],
      // The server goes away with all its buckets.
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
