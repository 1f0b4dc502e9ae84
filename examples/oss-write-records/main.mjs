// Writes one minute of two components' usage to a bucket of Alibaba Cloud OSS, and lists what lies there then.
import { toMinute } from "@metering/core";
import { OssStorage } from "@metering/storage-oss";
import { MeteringWriter } from "@metering/writer";

const { OSS_BUCKET: bucket, OSS_REGION: region, OSS_ENDPOINT: endpoint } = process.env;
if (!bucket || !region) throw new Error("Set OSS_BUCKET and OSS_REGION, such as cn-hangzhou. See README.md.");

// No credentials are given, so they are looked for in the environment, the pod and the instance.
const storage = new OssStorage({ bucket, region, endpoint, prefix: "examples" });
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
