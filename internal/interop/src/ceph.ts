import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { S3Storage } from "@metering/storage-s3";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Run these tests by \`npm run interop\`.`);
  return value;
}

/** The real S3 server that `run.mjs` started. It serves one user, by the path style. */
export const ceph = {
  endpoint: setting("S3_ENDPOINT"),
  region: setting("S3_REGION"),
  accessKeyId: setting("S3_ACCESS_KEY_ID"),
  secretAccessKey: setting("S3_SECRET_ACCESS_KEY"),
} as const;

const { endpoint, region, accessKeyId, secretAccessKey } = ceph;
const server = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true };

/** A new and empty bucket. */
export async function createBucket(): Promise<string> {
  const bucket = `interop-${randomUUID()}`;
  await new S3Client(server).send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

export function openBucket(bucket: string, prefix?: string): S3Storage {
  return new S3Storage({ ...server, bucket, prefix });
}
