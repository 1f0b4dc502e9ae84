import { s3Server } from "./s3-server.ts";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Run these tests by \`npm run interop\`.`);
  return value;
}

/** The real S3 server that `run.mjs` started. */
export const ceph = s3Server({
  S3_ENDPOINT: setting("S3_ENDPOINT"),
  S3_REGION: setting("S3_REGION"),
  S3_ACCESS_KEY_ID: setting("S3_ACCESS_KEY_ID"),
  S3_SECRET_ACCESS_KEY: setting("S3_SECRET_ACCESS_KEY"),
});
