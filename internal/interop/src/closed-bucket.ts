import { closePeriod } from "@metering/closing";
import type { ObjectStorage } from "@metering/core";
import { MeteringWriter } from "@metering/writer";
import { writeHardBucket } from "./hard-bucket.ts";

/** How amounts are stored in Parquet. */
export type Values = "uint64" | "decimal";

/** The difficult bucket with its day closed: an addition with late and overwritten records, and files of an attempt that failed. */
export async function writeClosedBucket(storage: ObjectStorage, values: Values): Promise<void> {
  await writeHardBucket(storage);
  const close = (late: boolean) =>
    closePeriod(storage, {
      day: "2025-08-22",
      late,
      values,
      attributes: ["logical_cluster_id"],
      incomplete: "skip",
      duplicates: "include",
      onFinding: () => {},
    });
  // Files without a manifest: what an attempt leaves that crashed before the end.
  const attempt = await close(false);
  const files = attempt.days.flatMap(({ closings }) => closings).flatMap((closing) => closing.files);
  const leftovers = await Promise.all(files.map(async ({ key }) => ({ key, content: await storage.get(key) })));
  await storage.delete("metering/closed/manifests/day=2025-08-22/0.json");
  await close(false);
  for (const { key, content } of leftovers) await storage.put(key, content);

  const writer = new MeteringWriter(storage, { ifExists: "overwrite" });
  const record = { timestamp: 1_755_851_400, category: "tidb-server" };
  const amount = { value: 2n ** 64n - 1n, unit: "bytes" };
  await writer.write({ ...record, selfId: "late", data: [{ logical_cluster_id: "lc-max", stored: amount }] });
  await writer.write({ ...record, selfId: "difficult", data: [{ logical_cluster_id: "lc-max", stored: amount }] });
  await close(true);
}
