// In an ACK pod with RRSA: writes with the pod's identity, or with a further role if one is named.
import { OssStorage } from "@metering/storage-oss";
import { writeOneMinute } from "./write-one-minute.mjs";

const { OSS_BUCKET: bucket, OSS_REGION: region, OSS_ROLE_ARN: roleArn, OSS_ENDPOINT: endpoint } = process.env;
if (!bucket || !region) {
  console.error("Set OSS_BUCKET and OSS_REGION in the environment. See README.md.");
  process.exit(1);
}

const storage = new OssStorage({
  bucket,
  region,
  endpoint,
  // Inside the region: neither OSS nor STS is reached over the internet.
  internal: endpoint === undefined ? true : undefined,
  prefix: "examples/oss-assume-role",
  // No credentials here: RRSA puts them into the pod. Its role is enough in most clusters.
  assumeRole: roleArn ? { roleArn, stsEndpoint: process.env.OSS_STS_ENDPOINT } : undefined,
});
try {
  await writeOneMinute(storage);
} finally {
  await storage.close();
}
