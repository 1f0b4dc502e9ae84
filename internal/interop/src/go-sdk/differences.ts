import { gunzipSync } from "node:zlib";
import { buildMeteringKey } from "@metering/core";
import { MetaReader, MeteringReader } from "@metering/reader";
import { collect, storedKeys } from "@metering/test-helpers";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { describe, expect, test } from "vitest";
import { minute } from "../sample.ts";
import { pool, type CreatePlace } from "./place.ts";
import { startGoSdk } from "./program.ts";
import { rounded } from "./random-content.ts";

const range = { from: minute, to: minute + 60 };
const id = { timestamp: minute, category: "tidb-server", selfId: "tidb_0", sharedPoolId: pool };
const goId = { timestamp: minute, category: "tidb-server", self_id: "tidb_0" };
const elements = Array.from({ length: 12 }, (_, i) => ({ logical_cluster_id: `lc-${i}`, a: { value: i, unit: "B" } }));

/** What is said of the Go SDK in docs/go-sdk.md, and that these packages do not share it. */
export function testDifferences(createPlace: CreatePlace): void {
  describe("known differences", () => {
    test("under a prefix Go lists nothing and looks up nothing, not even its own; we find all", async () => {
      const { ours, go } = await createPlace("team/usage");
      await using sdk = startGoSdk(go);
      await sdk.write({ ...goId, data: elements });
      expect(await sdk.list(minute)).toEqual([]);
      expect(await collect(new MeteringReader(ours).scan(range))).toMatchObject([{ data: elements }]);
      await sdk.writeMetadata({ cluster_id: "c_1", type: "logic", modify_ts: minute, metadata: {} });
      await expect(sdk.lookup({ cluster_id: "c_1", type: "logic", timestamp: minute })).rejects.toThrow(
        "file not found",
      );
      expect(await new MetaReader(ours).readByType("c_1", "logic", minute)).toMatchObject({ metadata: {} });
      // By the path itself it reads them.
      expect(await sdk.read([buildMeteringKey({ ...id, part: 0 })])).toMatchObject([{ data: elements }]);
    });

    test("Go rounds above 2^53 when it reads; we do not", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const data = [2n ** 53n + 1n, 2n ** 64n - 1n].map((value) => ({ a: { value, unit: "B" } }));
      await sdk.write({ ...goId, data });
      const [page] = await sdk.read([buildMeteringKey({ ...id, part: 0 })]);
      expect(rounded([...(page?.data ?? [])])).toEqual(
        [2 ** 53, 2 ** 64].map((value) => ({ a: { value, unit: "B" } })),
      );
      expect(await collect(new MeteringReader(ours).scan(range))).toMatchObject([{ data }]);
    });

    test("Go lists records in a pool only; we list both layouts", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await new MeteringWriter(ours).write({ ...id, sharedPoolId: undefined, data: elements });
      expect(await sdk.list(minute)).toEqual([]);
      await new MeteringWriter(ours, { sharedPoolId: "pool-1" }).write({ ...id, sharedPoolId: undefined, data: [] });
      expect(await sdk.list(minute)).toEqual([buildMeteringKey({ ...id, sharedPoolId: "pool-1", part: 0 })]);
      expect(await collect(new MeteringReader(ours).scan(range))).toHaveLength(2);
    });

    test("Go takes the pages of an interrupted record for whole; we say that it is incomplete", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await new MeteringWriter(ours, { pageSizeBytes: 200 }).write({ ...id, data: elements });
      // What is left of a writer that is killed: part 0 comes last.
      await ours.delete(buildMeteringKey({ ...id, part: 0 }));
      const paths = await sdk.list(minute);
      expect(paths).not.toEqual([]);
      expect((await sdk.read(paths)).flatMap(({ data }) => data)).toEqual(elements.slice(-(paths.length * 3)));
      await expect(collect(new MeteringReader(ours).scan(range))).rejects.toMatchObject({ code: "incomplete-record" });
    });

    test("Go counts a page that our part 0 does not name; we do not", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await new MeteringWriter(ours).write({ ...id, data: elements });
      const leftover = buildMeteringKey({ ...id, part: 1 });
      await ours.put(leftover, await ours.get(buildMeteringKey({ ...id, part: 0 })));
      expect(await sdk.list(minute)).toContain(leftover);
      expect(await collect(new MeteringReader(ours).scan(range))).toMatchObject([{ data: elements }]);
    });

    test("Go lists parts as text, 10 before 2; we give a record's elements in order", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await sdk.write({ ...goId, data: elements }, 1);
      const parts = (await sdk.list(minute)).map((path) => Number(/-(\d+)\.json\.gz$/.exec(path)?.[1]));
      expect(parts).toEqual([0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await collect(new MeteringReader(ours).scan(range))).toMatchObject([{ data: elements }]);
    });

    test("with a page size Go stores nothing for an empty record; we store one page", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await sdk.write({ ...goId, data: [] }, 1_000);
      expect(await storedKeys(ours)).toEqual([]);
      await new MeteringWriter(ours, { pageSizeBytes: 1_000 }).write({ ...id, data: [] });
      expect(await sdk.read(await sdk.list(minute))).toMatchObject([{ data: [] }]);
    });

    test("Go's Read finds metadata of the legacy layout only; ours finds both", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const version = { type: "logic", clusterId: "c_1", modifyTs: minute, metadata: { name: "a" } } as const;
      await new MetaWriter(ours).write(version);
      await expect(sdk.lookup({ cluster_id: "c_1", timestamp: minute })).rejects.toThrow("file not found");
      expect(await new MetaReader(ours).read("c_1", minute)).toMatchObject(version);
      await ours.put(
        "metering/meta/c_2/1755850380.json.gz",
        await ours.get(`metering/meta/logic/c_1/${minute}.json.gz`),
      );
      expect(await sdk.lookup({ cluster_id: "c_2", timestamp: minute })).toMatchObject({ metadata: { name: "a" } });
    });

    test("a name with a control character, which Go allows, is reported by us and not read", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await sdk.write({ ...goId, self_id: "tidb\u0001", data: elements });
      await sdk.write({ ...goId, data: elements });
      const left: unknown[] = [];
      const scan = new MeteringReader(ours).scan(range, { onFinding: ({ code }) => left.push(code) });
      expect(await collect(scan)).toMatchObject([{ selfId: "tidb_0" }]);
      expect(left).toEqual(["unknown-key"]);
      await expect(collect(new MeteringReader(ours).scan(range))).rejects.toMatchObject({ code: "unknown-key" });
    });

    test("asked for a cluster, Go takes the metadata of the category of that name; we do not", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const version = { type: "logic", category: "tikv", clusterId: "c_1", modifyTs: minute, metadata: {} } as const;
      await new MetaWriter(ours).write(version);
      expect(await sdk.lookup({ cluster_id: "tikv", type: "logic", timestamp: minute })).toMatchObject({
        cluster_id: "tikv",
      });
      expect(await new MetaReader(ours).readByType("tikv", "logic", minute)).toBeUndefined();
    });
  });
}

/** The longest page that Go reads. In one place only: it takes seconds. */
export function testLongestPage(createPlace: CreatePlace): void {
  const longest = 104_857_600;

  describe("a page of exactly 104,857,600 bytes", () => {
    test("Go reads it, and not the byte more that its own writer stores; we refuse to write that", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const writer = new MeteringWriter(ours, { ifExists: "overwrite", compressionLevel: 1 });
      const write = (length: number) => writer.write({ ...id, data: [{ note: "x".repeat(length) }] });
      // Part 0 has less room, for its manifest, so it stays empty.
      const key = buildMeteringKey({ ...id, part: 1 });
      const storedBytes = async () => gunzipSync(await ours.get(key)).length;

      await write(longest - 200);
      const length = longest - 200 + longest - (await storedBytes());
      await write(length);
      expect(await storedBytes()).toBe(longest);
      const [page] = await sdk.read([key]);
      expect(page?.data?.[0]?.["note"] === "x".repeat(length)).toBe(true);
      await expect(write(length + 1)).rejects.toMatchObject({ code: "invalid-record" });

      await sdk.write({ ...goId, self_id: "tidb_1", data: [{ note: "x".repeat(longest) }] });
      const tooLong = buildMeteringKey({ ...id, selfId: "tidb_1", part: 0 });
      await expect(sdk.read([tooLong])).rejects.toThrow("invalid file format");
    });
  });
}
