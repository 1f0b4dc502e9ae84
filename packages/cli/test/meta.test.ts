import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { JsonObject, JsonValue } from "@metering/core";
import { MetaWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { differences } from "../src/commands/meta/differences.ts";
import { eight, emptyBucket, goBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";

const id = {
  type: z.optional(z.enum(["logic", "sharedpool"])),
  category: z.optional(z.string()),
  clusterId: z.string(),
};
const metaLine = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cluster"), ...id, versions: z.int(), first: z.int(), last: z.int() }),
  z.strictObject({ kind: z.literal("version"), ...id, modifyTs: z.int(), key: z.string() }),
  z.strictObject({
    kind: z.literal("metadata"),
    ...id,
    modifyTs: z.int(),
    key: z.string(),
    metadata: z.nullable(z.record(z.string(), z.json())),
  }),
  z.strictObject({
    kind: z.literal("difference"),
    change: z.enum(["added", "removed", "changed"]),
    path: z.string(),
    before: z.optional(z.json()),
    after: z.optional(z.json()),
  }),
]);

/** A cluster that changed hands, one named like a category, and a pool. */
async function metadataBucket() {
  const bucket = await emptyBucket();
  const writer = new MetaWriter(bucket.storage);
  const write = (clusterId: string, modifyTs: number, metadata: JsonObject, category?: string) =>
    writer.write({ clusterId, type: "logic", category, modifyTs, metadata });
  await write("lc-1", eight, { owner: { name: "team-a", id: 1 }, tags: ["x", "y"], quota: 10 });
  await write("lc-1", eight + 3600, { owner: { name: "team-b", id: 1 }, tags: ["x"], "a/b": true });
  await write("lc-1", eight, { plan: "gold" }, "tidb-server");
  await write("tidb-server", eight, { owner: "team-c" });
  await write("tidb-server", eight + 60, { owner: "team-c" });
  await writer.write({ clusterId: "pool-1", type: "sharedpool", modifyTs: eight, metadata: {} });
  return bucket;
}

async function lines(...args: readonly string[]) {
  const { code, lines: found } = await meteringJson(["meta", ...args]);
  expect(code).toBe(0);
  return found.map((line) => metaLine.parse(line));
}

test("clusters are counted, also one that is named like a category", async () => {
  await using bucket = await metadataBucket();
  const clusters = await lines(bucket.folder);
  expect(clusters).toHaveLength(4);
  expect(clusters).toEqual(
    expect.arrayContaining([
      { kind: "cluster", type: "logic", clusterId: "lc-1", versions: 2, first: eight, last: eight + 3600 },
      expect.objectContaining({ type: "logic", category: "tidb-server", clusterId: "lc-1", versions: 1 }),
      expect.objectContaining({ type: "logic", clusterId: "tidb-server", versions: 2, last: eight + 60 }),
      expect.objectContaining({ type: "sharedpool", clusterId: "pool-1" }),
    ]),
  );
  expect(await lines(bucket.folder, "--type", "sharedpool")).toHaveLength(1);
});

test("versions of a cluster come in the order of time", async () => {
  await using bucket = await metadataBucket();
  await new MetaWriter(bucket.storage).write({ clusterId: "lc-1", type: "logic", modifyTs: 999_999_999, metadata: {} });
  const versions = await lines(bucket.folder, "--cluster", "lc-1");
  expect(versions.map((line) => (line.kind === "version" ? line.modifyTs : 0))).toEqual([
    999_999_999,
    eight,
    eight,
    eight + 3600,
  ]);
});

test("the one in force at a time is the newest that is not after it", async () => {
  await using bucket = await metadataBucket();
  const cluster = [bucket.folder, "--cluster", "lc-1"];
  expect(await lines(...cluster, "--at", "2025-08-22T08:59:59")).toEqual([
    expect.objectContaining({ kind: "metadata", modifyTs: eight, metadata: expect.objectContaining({ quota: 10 }) }),
  ]);
  expect(await lines(...cluster, "--at", "2025-08-22T09:00")).toEqual([
    expect.objectContaining({ modifyTs: eight + 3600 }),
  ]);
  expect(await lines(...cluster, "--at", "now", "--category", "tidb-server")).toEqual([
    expect.objectContaining({ category: "tidb-server", metadata: { plan: "gold" } }),
  ]);
  expect(await lines(...cluster, "--at", "2025-08-22T07:59")).toEqual([]);
});

test("what changed between two times is told by path", async () => {
  await using bucket = await metadataBucket();
  const cluster = [bucket.folder, "--cluster", "lc-1"];
  expect(await lines(...cluster, "--since", "2025-08-22T08:00")).toEqual([
    { kind: "difference", change: "added", path: "/a~1b", after: true },
    { kind: "difference", change: "changed", path: "/owner/name", before: "team-a", after: "team-b" },
    { kind: "difference", change: "removed", path: "/quota", before: 10 },
    { kind: "difference", change: "removed", path: "/tags/1", before: "y" },
  ]);
  expect(await lines(...cluster, "--since", "2025-08-22T08:00", "--at", "2025-08-22T08:30")).toEqual([]);
  const added = await lines(...cluster, "--since", "2025-08-22T07:00", "--at", "2025-08-22T08:30");
  expect(added).toHaveLength(3);
  const { stdout } = await metering(["meta", ...cluster, "--since", "2025-08-22T08:00"]);
  expect(stdout).toMatch(/^changed +\/owner\/name +"team-a" +"team-b"$/mu);
});

test("the differences of two objects are none exactly if they are equal", () => {
  const name = fc.constantFrom("a", "b", "/", "~", "0");
  const leaf = fc.constantFrom<JsonValue>(null, true, 1, 2, 2n ** 64n, "1", "");
  const { value } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie("object"), fc.array(tie("value"), { maxLength: 3 })),
    object: fc.dictionary(name, tie("value"), { noNullPrototype: true, maxKeys: 3 }),
  }));
  const object = fc.dictionary(name, value, { noNullPrototype: true, maxKeys: 3 });
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect([...differences(before, structuredClone(before))]).toEqual([]);
      expect([...differences(before, after)].length === 0).toBe(isDeepStrictEqual(before, after));
      const back = [...differences(after, before)].map(({ change, path }) => ({ change, path }));
      const swapped = { added: "removed", removed: "added", changed: "changed" } as const;
      expect([...differences(before, after)].map(({ change, path }) => ({ change: swapped[change], path }))).toEqual(
        back,
      );
    }),
  );
});

test("what the Go SDK wrote is listed, legacy and with categories; strange names are findings", async () => {
  await using bucket = await goBucket();
  const clusters = await lines(bucket.folder);
  const versions = clusters.reduce((sum, line) => sum + (line.kind === "cluster" ? line.versions : 0), 0);
  expect(versions).toBe(bucket.files.filter(({ key }) => key.startsWith("metering/meta/")).length);
  await bucket.storage.put("metering/meta/logic/latest.json", new Uint8Array(2));
  const { code, stderr } = await meteringJson(["meta", bucket.folder]);
  expect(code).toBe(3);
  expect(stderr).toContain("metering/meta/logic/latest.json");
});

test("times are about one cluster", async () => {
  await using bucket = await metadataBucket();
  for (const args of [
    ["--at", "now"],
    ["--since", "2025"],
    ["--cluster", "lc-1", "--since", "2025-08-23", "--at", "2025-08-22"],
  ]) {
    expect((await metering(["meta", bucket.folder, ...args])).code).toBe(2);
  }
});
