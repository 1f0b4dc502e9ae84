// Where the files of a run lie.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { LocalFsStorage } from "@metering/storage-localfs";
import { S3Storage } from "@metering/storage-s3";

/** A new folder inside of `folder`, removed at the end. */
export async function createFolder(folder) {
  const basePath = await mkdtemp(join(folder, "metering-bench-"));
  const storage = new LocalFsStorage({ basePath });
  return {
    storage,
    async close() {
      await storage.close();
      await rm(basePath, { recursive: true, force: true });
    },
  };
}

/** A new bucket of the S3 server that the environment tells of. It stays: the server is there for the benchmark. */
export async function createBucket() {
  const {
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = process.env;
  if (endpoint === undefined) throw new Error("S3_ENDPOINT says where the server is; npm run bench:s3 starts one.");
  const server = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true };
  const bucket = `bench-${process.pid}`;
  const client = new S3Client(server);
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  const open = (at = endpoint) => new S3Storage({ ...server, endpoint: at, bucket });
  const storage = open();
  return { storage, endpoint, open, close: () => storage.close() };
}
