// In an ACK pod with RRSA: the pod's identity, and with it another role where one is named.
import { OssStorage } from "@metering/storage-oss";
import { writeOneMinute } from "./write-one-minute.mjs";

const { OSS_BUCKET: bucket, OSS_REGION: region, OSS_ROLE_ARN: roleArn, OSS_ENDPOINT: endpoint } = process.env;
if (!bucket || !region) throw new Error("Set OSS_BUCKET and OSS_REGION. See README.md.");

const storage = new OssStorage({
  bucket,
  region,
  endpoint,
  // Inside the region: neither OSS nor STS is reached over the internet.
  internal: endpoint === undefined ? true : undefined,
  prefix: "examples/oss-assume-role",
  // No credentials: RRSA has put what is needed into the pod, and the role of that is enough in most clusters.
  assumeRole: roleArn ? { roleArn, stsEndpoint: process.env.OSS_STS_ENDPOINT } : undefined,
});
try {
  await writeOneMinute(storage);
} finally {
  await storage.close();
}
