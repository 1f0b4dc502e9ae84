// One bucket with everything that is difficult to sum. `expected-totals.ts` says what it comes to.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildMeteringKey, type MeteringElement, type ObjectStorage, type RecordId } from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { MeteringWriter } from "@metering/writer";

// In the same hour as the records by the Go SDK.
const minute = 1_755_851_400;
const max = 2n ** 64n - 1n;

/** Amounts, attributes and names of properties that engines stumble over, and what only looks like an amount. */
const difficult: readonly MeteringElement[] = [
  { logical_cluster_id: "lc-max", stored: { value: max, unit: "bytes" }, note: "a\"b\\c\n\t\u2028 <&> 'x'; --" },
  { logical_cluster_id: "lc-max", stored: { value: max, unit: "bytes" }, region: "eu" },
  { logical_cluster_id: "lc-max", stored: { value: max - 1n, unit: "bytes" }, requests: 12, ratio: 0.25, flag: true },
  { logical_cluster_id: "lc-53", stored: { value: 2n ** 53n + 1n, unit: "bytes" }, read: { value: 0, unit: "bytes" } },
  { logical_cluster_id: "集群-一 \u{1f600}", "计算.v1": { value: 7, unit: "秒" }, tags: ["a", { b: null }] },
  { logical_cluster_id: "lc O'Neil", 'the "name"': { value: 3, unit: "it's" }, "a b": { value: 4, unit: "" } },
  { logical_cluster_id: null, stored: { value: 5, unit: "bytes" } },
  { stored: { value: 6, unit: "bytes" }, nested: { deep: { unit: "none" } } },
  { logical_cluster_id: "", stored: { value: 8, unit: "bytes" } },
  { logical_cluster_id: "lc-text", text: '{"value":1,"unit":"bytes"}' },
  { logical_cluster_id: "lc-more", stored: { value: 9, unit: "bytes", how: "estimated" }, unit: "bytes", value: 1 },
  {},
];

/** Usage of seven tenants, some of it with an attribute that the rest lacks. */
const usage = (seed: number): readonly MeteringElement[] =>
  Array.from({ length: 40 }, (_, i) => ({
    logical_cluster_id: `lc-${i % 7}`,
    compute: { value: (seed * 7_919 + i) % 60_000, unit: "RU" },
    ...(i % 3 === 0 && { region: `region-${i % 2}`, stored: { value: max - BigInt(seed + i), unit: "byte-minutes" } }),
  }));

// What means something in URLs, patterns, shells and SQL. Spark, Trino and Athena pass over the last two.
const names = [
  "a b+c",
  "100%25",
  "e=1&f;g,h",
  "#~`$(x)",
  "[é]{e\u0301,x}",
  "集群\u{1f600}",
  "a_b.c",
  "_internal",
  ".x",
];

/** Stores the bucket: what is whole with our writer, what is broken or by the Go SDK as raw files. */
export async function writeHardBucket(storage: ObjectStorage): Promise<void> {
  const writer = new MeteringWriter(storage);
  const inPages = new MeteringWriter(storage, { pageSizeBytes: 800 });
  await writer.write({ timestamp: minute, category: "tidb-server", selfId: "difficult", data: difficult });
  await writer.write({ timestamp: minute, category: "tidb-server", selfId: "empty", data: [] });
  for (const [i, name] of names.entries()) {
    const timestamp = minute + 60 * (i % 4);
    await inPages.write({ timestamp, category: name, selfId: name, data: usage(i) });
    await inPages.write({ timestamp, category: "tikv-server", sharedPoolId: name, selfId: "kv", data: usage(i) });
  }
  // In two places, which counts twice.
  const twice = { timestamp: minute + 300, category: "gateway", selfId: "gw", data: usage(100) };
  await writer.write(twice);
  await writer.write({ ...twice, sharedPoolId: "pool-1" });
  await writeNoAmounts(storage);
  await writeIncomplete(storage, inPages);
  await writeLeftovers(storage, inPages);
  await copyGoRecords(storage);
}

/** What our writer refuses, and no reader counts. */
async function writeNoAmounts(storage: ObjectStorage): Promise<void> {
  const id = { timestamp: minute + 540, category: "tikv-server", selfId: "no_amounts" };
  const values = ["-5", "1.5", '"7"', "18446744073709551616", "null", "true", "[1]", "{}"];
  const amounts = [
    ...values.map((value) => `{"value":${value},"unit":"RU"}`),
    '{"value":1}',
    '[{"value":1,"unit":"RU"}]',
    '{"value":1,"unit":5}',
  ];
  const data = amounts.map((amount) => `{"logical_cluster_id":"nobody","compute":${amount}}`);
  await storage.put(pageKey(id, 0), gzipSync(`{"part":0,"data":[${data.join(",")}]}`));
}

/** Records of writes that were interrupted: no part 0, or not all pages that it names. */
async function writeIncomplete(storage: ObjectStorage, writer: MeteringWriter): Promise<void> {
  for (const sharedPoolId of [undefined, "pool-1"]) {
    for (const missing of ["first", "middle", "last"]) {
      const id = { timestamp: minute + 360, category: "tikv-server", sharedPoolId, selfId: `without_${missing}` };
      const { parts } = await writer.write({ ...id, data: usage(200) });
      const part = { first: 0, middle: 2, last: parts.length - 1 }[missing];
      await storage.delete(pageKey(id, part ?? 0));
    }
  }
  // By the Go SDK, which stores part 0 first and names no pages.
  const id = { timestamp: minute + 420, category: "tikv-server", selfId: "go_without_2" };
  for (const part of [0, 1, 3]) await storage.put(pageKey(id, part), rawPage(id, part));
}

/** Records with pages that their part 0 does not name, as a longer record leaves them. */
async function writeLeftovers(storage: ObjectStorage, writer: MeteringWriter): Promise<void> {
  const id = { timestamp: minute + 480, category: "tikv-server", selfId: "many_pages" };
  const { parts } = await writer.write({ ...id, data: usage(300) });
  for (const part of [parts.length, parts.length + 9]) await storage.put(pageKey(id, part), rawPage(id, part));
  const single = { ...id, sharedPoolId: "pool-1", selfId: "one_page" };
  await new MeteringWriter(storage).write({ ...single, data: usage(301) });
  await storage.put(pageKey(single, 1), rawPage(single, 1));
}

async function copyGoRecords(storage: ObjectStorage): Promise<void> {
  for (const { root, files } of goTrees) {
    const keys = files.map(({ key }) => key).filter((key) => key.startsWith("metering/ru/"));
    for (const key of keys) await storage.put(key, await readFile(join(root, key)));
  }
}

const pageKey = (id: RecordId, part: number): string => buildMeteringKey({ ...id, part });

/** A page without a manifest. Its only amount would spoil a total of its own. */
function rawPage({ timestamp, category, selfId }: RecordId, part: number): Uint8Array {
  const data = [{ logical_cluster_id: "nobody", compute: { value: 1, unit: "RU" } }];
  return gzipSync(JSON.stringify({ timestamp, category, self_id: selfId, part, data }));
}

/** What can be wrong with a file. */
export const damages = ["truncated", "empty", "no gzip", "no JSON"] as const;

export type Damage = (typeof damages)[number];

/** Stores a whole record and a damaged one. */
export async function writeDamaged(storage: ObjectStorage, damage: Damage): Promise<void> {
  const id = { timestamp: minute, category: "tikv-server" };
  const writer = new MeteringWriter(storage);
  await writer.write({ ...id, selfId: "whole", data: usage(1) });
  await writer.write({ ...id, selfId: "damaged", data: usage(1) });
  const key = pageKey({ ...id, selfId: "damaged" }, 0);
  const content = await storage.get(key);
  const damaged = {
    truncated: content.subarray(0, content.length / 2),
    empty: new Uint8Array(),
    "no gzip": new TextEncoder().encode("usage"),
    "no JSON": gzipSync("usage"),
  };
  await storage.put(key, damaged[damage]);
}
