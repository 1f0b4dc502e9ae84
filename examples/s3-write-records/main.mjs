// Writes one minute of two components' usage to an S3 bucket, and lists what lies there then.
import { toMinute } from "@metering/core";
import { S3Storage } from "@metering/storage-s3";
import { MeteringWriter } from "@metering/writer";

const { S3_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint } = process.env;
if (!bucket) throw new Error("Set S3_BUCKET. See README.md.");

// No credentials are given, so they are those of the environment, the profile, the pod or the instance.
const forcePathStyle = endpoint !== undefined;
const storage = new S3Storage({ bucket, region, endpoint, forcePathStyle, prefix: "examples" });
try {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const timestamp = toMinute(new Date());
  for (const selfId of ["server01", "server02"]) {
    await writer.write({
      timestamp,
      category: "tidb-server",
      selfId,
      data: [
        { logical_cluster_id: "lc-1", compute_seconds: { value: 3600, unit: "seconds" } },
        // Beyond 2^53 - 1 a value is a bigint, and exact in the file.
        { logical_cluster_id: "lc-2", bytes_read: { value: 9_007_199_254_740_993n, unit: "bytes" } },
      ],
    });
  }
  for await (const { key, size } of storage.list(`metering/ru/${timestamp}/`)) {
    console.log(`${storage.name}${key} (${size} bytes)`);
  }
} finally {
  await storage.close();
}
