import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { S3Storage, type S3StorageOptions } from "@metering/storage-s3";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Run these tests by \`npm run test:s3\`.`);
  return value;
}

/** The real server, as `internal/ceph/with-ceph` started it. */
export const gateway = {
  endpoint: setting("S3_ENDPOINT"),
  region: setting("S3_REGION"),
  credentials: { accessKeyId: setting("S3_ACCESS_KEY_ID"), secretAccessKey: setting("S3_SECRET_ACCESS_KEY") },
};

const admin = new S3Client({ ...gateway, credentials: { ...gateway.credentials }, forcePathStyle: true });

/** A new and empty bucket. */
export async function createBucket(): Promise<string> {
  const bucket = `test-${randomUUID()}`;
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

/** A storage on the real server, closed at the end of the test. */
export function openStorage(options: Pick<S3StorageOptions, "bucket"> & Partial<S3StorageOptions>): S3Storage {
  const storage = new S3Storage({ ...gateway, forcePathStyle: true, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

/** A role that the gateway's user may assume, with the permissions of the policy. */
export async function createRole(policy: string): Promise<string> {
  const name = `Role${randomUUID()}`;
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: ["arn:aws:iam:::user/metering"] }, Action: ["sts:AssumeRole"] }],
  };
  const ceph = (...args: string[]) =>
    run("radosgw-admin", ["-c", setting("CEPH_CONF"), "-n", "client.rgw.test", ...args, "--role-name", name]);
  await ceph("role", "create", "--path", "/", "--assume-role-policy-doc", JSON.stringify(trust));
  await ceph("role-policy", "put", "--policy-name", "tested", "--policy-doc", policy);
  return `arn:aws:iam:::role/${name}`;
}
