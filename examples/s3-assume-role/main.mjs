// Writes a record with an assumed role. Sessions are renewed before they end, however long the program runs.
import { S3Storage } from "@metering/storage-s3";
import { MeteringWriter, toMinute } from "@metering/writer";

const { S3_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint } = process.env;
const { S3_ROLE_ARN: roleArn, S3_EXTERNAL_ID: externalId, S3_STS_ENDPOINT: stsEndpoint } = process.env;
if (!bucket || !roleArn) {
  console.error("Set S3_BUCKET and S3_ROLE_ARN in the environment. See README.md.");
  process.exit(1);
}

const storage = new S3Storage({
  bucket,
  region,
  endpoint,
  forcePathStyle: endpoint !== undefined,
  prefix: "examples/s3-assume-role",
  // The role is assumed with the credentials of the environment, the profile, the pod or the instance.
  assumeRole: { roleArn, externalId, stsEndpoint, sessionName: "metering-example", durationSeconds: 900 },
  logger: console,
});
try {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const { parts } = await writer.write({
    timestamp: toMinute(new Date()),
    category: "tidb-server",
    selfId: "assumed",
    data: [{ logical_cluster_id: "lc-1", compute_seconds: { value: 3600, unit: "seconds" } }],
  });
  for (const { key, bytes } of parts) console.log(`${storage.name}${key} (${bytes} bytes), written as ${roleArn}`);
} finally {
  await storage.close();
}
