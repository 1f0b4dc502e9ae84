import { MeteringWriter, toMinute } from "@metering/writer";

/** Writes a record of the current minute and prints its key. */
export async function writeOneMinute(storage) {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const record = { timestamp: toMinute(new Date()), category: "tidb-server", selfId: "server03" };
  const data = [{ logical_cluster_id: "lc-1", compute_seconds: { value: 3600, unit: "seconds" } }];
  const { parts } = await writer.write({ ...record, data });
  for (const { key } of parts) console.log(`${storage.name}${key}`);
}
