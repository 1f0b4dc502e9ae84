import { deepStrictEqual } from "node:assert";
import {
  decodeMetadata,
  decodeMeteringPage,
  parseMetadataKey,
  parseMeteringKey,
  type JsonObject,
  type JsonValue,
} from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";

describe.each(goTrees)("what the Go SDK wrote at $commit", ({ files }) => {
  it("is the same when we write it: same keys, same values, integers exact", async () => {
    const storage = new MemoryStorage();
    for (const { key, content } of files) {
      const page = parseMeteringKey(key);
      // Each page as a record of its own; page 0 is where its content can be compared.
      if (page !== undefined) {
        const { part: _, ...id } = page;
        const data = elementsOf(content["data"] ?? []);
        const [stored] = (await new MeteringWriter(storage, { ifExists: "overwrite" }).write({ ...id, data })).parts;
        const written = await decodeMeteringPage(stored?.key ?? "", await storage.get(stored?.key ?? ""));
        deepStrictEqual(written.data, data);
      }
      const id = parseMetadataKey(key);
      if (id?.type !== undefined && content["metadata"] !== null) {
        const metadata = content["metadata"] as JsonObject;
        const receipt = await new MetaWriter(storage).write({ ...id, type: id.type, metadata });
        expect(receipt.key).toBe(key);
        deepStrictEqual((await decodeMetadata(key, await storage.get(key))).metadata, metadata);
      }
    }
  });
});

/** The elements as we write them: without the nil ones, which we never do. */
function elementsOf(data: JsonValue): JsonObject[] {
  expect(Array.isArray(data)).toBe(true);
  return (data as JsonObject[]).filter((element) => element !== null);
}

it("pages are split where the Go SDK splits them", async () => {
  const tree = goTrees.find(({ commit }) => commit === "219eacc");
  for (const [selfId, timestamp, pageSizeBytes] of [
    ["tidbserverlarge01", 1755850680, 1024],
    ["oversize01", 1755850740, 512],
    ["boundary01", 1755850740, 300],
  ] as const) {
    const pages = (tree?.files ?? [])
      .map(({ key, content }) => ({ id: parseMeteringKey(key), data: content["data"] }))
      .filter(({ id }) => id?.selfId === selfId)
      .sort((a, b) => (a.id?.part ?? 0) - (b.id?.part ?? 0))
      .map(({ data }) => elementsOf(data ?? []));
    const storage = new MemoryStorage();
    const record = { timestamp, category: "tidb-server", selfId, data: pages.flat() };
    const { parts } = await new MeteringWriter(storage, { pageSizeBytes }).write(record);
    expect(parts.map(({ elements }) => elements)).toStrictEqual(pages.map((page) => page.length));
  }
});
