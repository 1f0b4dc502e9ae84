// A day of a small fleet's usage, beyond what doubles hold, with one interrupted record and a page that no part 0 names.
import { buildMeteringKey } from "@metering/core";
import { MetaWriter, MeteringWriter } from "@metering/writer";

export const tenants = Array.from({ length: 12 }, (_, i) => `lc-${String(i + 1).padStart(2, "0")}`);

const components = [
  { category: "tidb-server", selfId: "tidb01" },
  { category: "tidb-server", selfId: "tidb02" },
  { category: "tikv-server", selfId: "tikv01", sharedPoolId: "pool-1" },
];

function measure(category, seed) {
  return tenants.map((tenant, i) => ({
    logical_cluster_id: tenant,
    ...(category === "tidb-server"
      ? { compute: { value: (seed * 7_919 + i) % 60_000, unit: "RU" } }
      : {
          stored: { value: 9_007_199_254_740_993n + BigInt(seed * (i + 1)), unit: "byte-minutes" },
          reserved: { value: 18_446_744_073_709_551_615n - BigInt(i), unit: "byte-minutes" },
        }),
  }));
}

export async function writeSample(storage, minutes) {
  const writer = new MeteringWriter(storage);
  const pagingWriter = new MeteringWriter(storage, { pageSizeBytes: 1_536 });
  const writeMinute = (timestamp, i) =>
    components.map((component, j) => {
      const data = measure(component.category, 3 * i + j);
      const chosen = component.category === "tikv-server" ? pagingWriter : writer;
      return chosen.write({ timestamp, ...component, data });
    });
  // A quarter of an hour at once.
  for (let first = 0; first < minutes.length; first += 15) {
    await Promise.all(minutes.slice(first, first + 15).flatMap((timestamp, i) => writeMinute(timestamp, first + i)));
  }

  const interrupted = { timestamp: minutes[0], category: "tikv-server", selfId: "tikv02" };
  const { parts } = await pagingWriter.write({ ...interrupted, data: measure("tikv-server", 1) });
  await storage.delete(parts[0].key);

  // What an interrupted write of a longer record leaves behind: a page beyond those that part 0 names.
  const leftover = { timestamp: minutes[1], category: "tikv-server", selfId: "tikv01", sharedPoolId: "pool-1" };
  const page = await storage.get(buildMeteringKey({ ...leftover, part: 1 }));
  await storage.put(buildMeteringKey({ ...leftover, part: 9 }), page);

  const metaWriter = new MetaWriter(storage);
  for (const [i, clusterId] of tenants.entries()) {
    const version = { type: "logic", clusterId, modifyTs: minutes[0] };
    await metaWriter.write({ ...version, metadata: { owner: `team-${(i % 3) + 1}` } });
  }
  // At noon one of them changed hands.
  await metaWriter.write({
    type: "logic",
    clusterId: tenants[0],
    modifyTs: minutes[720],
    metadata: { owner: "team-4" },
  });
}
