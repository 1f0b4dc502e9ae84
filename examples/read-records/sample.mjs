// Five minutes of usage to read, with one damaged file and one interrupted record.
import { buildMeteringKey } from "@metering/core";
import { MeteringWriter } from "@metering/writer";

export async function writeSample(storage, from) {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  for (let minute = 0; minute < 5; minute++) {
    for (const [i, selfId] of ["tidb01", "tidb02"].entries()) {
      const data = ["lc-1", "lc-2", "lc-3"].map((tenant, j) => ({
        logical_cluster_id: tenant,
        compute: { value: 1_000 * (j + 1) + 10 * minute + i, unit: "RU" },
        // Beyond what a double holds.
        bytes_out: { value: 9_007_199_254_740_993n + BigInt(minute), unit: "bytes" },
      }));
      await writer.write({ timestamp: from + minute * 60, category: "tidb-server", selfId, data });
    }
  }

  const damaged = buildMeteringKey({ timestamp: from + 60, category: "tidb-server", selfId: "tidb03", part: 0 });
  await storage.put(damaged, new TextEncoder().encode("not gzip"));

  // Part 0 is stored last, so an interrupted writer leaves pages without it.
  const interrupted = { timestamp: from + 120, category: "tikv-server", selfId: "tikv01" };
  const data = ["lc-1", "lc-2"].map((tenant) => ({
    logical_cluster_id: tenant,
    reads: { value: 7, unit: "requests" },
  }));
  const { parts } = await new MeteringWriter(storage, { ifExists: "verify", pageSizeBytes: 1 }).write({
    ...interrupted,
    data,
  });
  await storage.delete(parts[0].key);
}
