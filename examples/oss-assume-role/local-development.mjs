// Local development: your own temporary credentials, which assume a role that may write to the bucket.
import { OssStorage } from "@metering/storage-oss";
import { writeOneMinute } from "./write-one-minute.mjs";

const { OSS_BUCKET: bucket, OSS_REGION: region, OSS_ROLE_ARN: roleArn, OSS_ENDPOINT: endpoint } = process.env;
if (!bucket || !region || !roleArn) {
  console.error("Set OSS_BUCKET, OSS_REGION and OSS_ROLE_ARN in the environment. See README.md.");
  process.exit(1);
}

/** In your program: log in to SSO, or read what your command line tool keeps. Return `expiration` where it is known. */
async function myCredentials() {
  const { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN } = process.env;
  return {
    accessKeyId: ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret: ALIBABA_CLOUD_ACCESS_KEY_SECRET,
    securityToken: ALIBABA_CLOUD_SECURITY_TOKEN,
  };
}

const storage = new OssStorage({
  bucket,
  region,
  endpoint,
  prefix: "examples/oss-assume-role",
  credentials: myCredentials,
  assumeRole: { roleArn, sessionName: "local-development", stsEndpoint: process.env.OSS_STS_ENDPOINT },
});
try {
  await writeOneMinute(storage);
} finally {
  await storage.close();
}
