import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Run these tests by \`npm run test:s3-servers\`.`);
  return value;
}

/** The server that `run.mjs` started. */
export const server = {
  endpoint: setting("S3_ENDPOINT"),
  region: setting("S3_REGION"),
  credentials: { accessKeyId: setting("S3_ACCESS_KEY_ID"), secretAccessKey: setting("S3_SECRET_ACCESS_KEY") },
  forcePathStyle: true,
};

/** Whether the server is said to heed `If-None-Match` of a put. */
export const ifAbsent = setting("S3_IF_ABSENT") === "true";

// More attempts than usual: a server that crashed needs a second to be there again.
const admin = new S3Client({ ...server, credentials: { ...server.credentials }, maxAttempts: 8 });

/** A new and empty bucket. */
export async function createBucket(): Promise<string> {
  const bucket = `test-${randomUUID()}`;
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}
