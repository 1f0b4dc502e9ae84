// Writes one minute of usage of three components, and prints each key.
import { openStorage } from "@metering/example-storage";
import { isMeteringError, MeteringWriter, toMinute } from "@metering/writer";

const storage = await openStorage(import.meta.dirname);
try {
  // With "verify" a retry is safe: a page that exists with the same content counts as written.
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const timestamp = toMinute(new Date());

  const usage = [
    { logical_cluster_id: "lc-1", compute: { value: 3_600, unit: "RU" }, requests: { value: 512, unit: "requests" } },
    // A value beyond 2^53 - 1 is a bigint.
    { logical_cluster_id: "lc-2", bytes_out: { value: 9_007_199_254_740_993n, unit: "bytes" } },
  ];
  const records = [
    { timestamp, category: "tidb-server", selfId: "tidb01", data: usage },
    { timestamp, category: "tidb-server", selfId: "tidb02", data: usage },
    // In a pool, where services on the Go SDK see it.
    { timestamp, category: "tikv-server", selfId: "tikv01", sharedPoolId: "pool-1", data: usage },
  ];

  console.log(`The minute of ${new Date(timestamp * 1000).toISOString()} in ${storage.name}\n`);
  for (const record of records) {
    const { parts, elements } = await writer.write(record);
    for (const { outcome, key, bytes } of parts) {
      console.log(`${outcome.padEnd(9)}  ${key}  ${elements} elements in ${bytes} bytes`);
    }
  }

  // 2 ** 53 is not a safe number, so it is refused before anything is stored.
  const rounded = [{ logical_cluster_id: "lc-3", bytes_out: { value: 2 ** 53, unit: "bytes" } }];
  try {
    await writer.write({ timestamp, category: "tidb-server", selfId: "tidb03", data: rounded });
  } catch (error) {
    if (!isMeteringError(error, "invalid-record")) throw error;
    console.log(`refused    ${error.message}`);
  }
} finally {
  await storage.close();
}
