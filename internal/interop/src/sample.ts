import type { MeteringElement, ObjectStorage } from "@metering/core";
import { MetaWriter, MeteringWriter } from "@metering/writer";

export const minute = 1_755_850_380;

// What is allowed in a name and has a meaning in URLs, shells, XML or patterns.
const names = ["a b+c", "100%25", "e=1&f;g,h", "#~'`$(x)", "[é]{e\u0301}", "集群\u{1f600}", "_.x"];

const elements: readonly MeteringElement[] = Array.from({ length: 60 }, (_, i) => ({
  logical_cluster_id: `lc_${i % 7}`,
  note: "<&>\u2028é",
  requests: { value: i, unit: "requests" },
  stored: { value: 2n ** 64n - 1n - BigInt(i), unit: "bytes" },
}));

/** Stores records in both layouts, with one page and with many, and metadata, under names of all kinds. */
export async function writeSample(storage: ObjectStorage): Promise<void> {
  const inPages = new MeteringWriter(storage, { pageSizeBytes: 1_000 });
  const meta = new MetaWriter(storage);
  for (const [i, name] of names.entries()) {
    const timestamp = minute + 60 * (i % 3);
    await inPages.write({ timestamp, category: name, selfId: name, data: elements });
    await inPages.write({ timestamp, category: "gateway", sharedPoolId: name, selfId: `gw_${i}`, data: elements });
    await inPages.write({ timestamp, category: "idle", selfId: `gw_${i}`, data: [] });
    await meta.write({ type: "logic", category: name, clusterId: name, modifyTs: minute, metadata: { name } });
  }
}
