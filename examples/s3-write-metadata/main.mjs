// Writes metadata of a logical cluster and of a shared pool to an S3 bucket, and says where it lies.
import { S3Storage } from "@metering/storage-s3";
import { MetaWriter } from "@metering/writer";

const { S3_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint } = process.env;
if (!bucket) throw new Error("Set S3_BUCKET. See README.md.");

// No credentials are given, so they are those of the environment, the profile, the pod or the instance.
const forcePathStyle = endpoint !== undefined;
const storage = new S3Storage({ bucket, region, endpoint, forcePathStyle, prefix: "examples" });
try {
  const writer = new MetaWriter(storage, { ifExists: "verify" });
  const modifyTs = Math.floor(Date.now() / 1000);
  const cluster = await writer.write({
    type: "logic",
    clusterId: "lc-1",
    modifyTs,
    metadata: { owner: "team-a", region: "eu-west-1" },
  });
  const pool = await writer.write({
    type: "sharedpool",
    clusterId: "pool-1",
    modifyTs,
    metadata: { nodes: 12 },
  });
  for (const { key, bytes } of [cluster, pool]) console.log(`${storage.name}${key} (${bytes} bytes)`);
} finally {
  await storage.close();
}
