import { deepStrictEqual } from "node:assert";
import { parseMetadataKey, parseMeteringKey } from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { MetaReader, MeteringReader } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "@metering/test-helpers";
import { createGoFolder } from "./go-folder.ts";

describe.each([undefined, "team/usage"])(
  "a bucket with every layout the Go SDK ever wrote, under the prefix %s",
  (prefix) => {
    let folder: ReturnType<typeof createGoFolder>;
    let storage: LocalFsStorage;
    let reader: MeteringReader;
    let metaReader: MetaReader;

    beforeAll(() => {
      folder = createGoFolder(prefix);
      storage = new LocalFsStorage({ basePath: folder.basePath, prefix });
      reader = new MeteringReader(storage);
      metaReader = new MetaReader(storage);
    });
    afterAll(async () => {
      await storage.close();
      folder.remove();
    });

    const expected = new Map(goTrees.flatMap(({ files }) => files.map(({ key, content }) => [key, content])));

    it("is read completely by a scan, every page as in the manifest", async () => {
      const pages = await collect(reader.scan({ from: 60, to: 1755900000 }).storedPages());
      const keys = [...expected.keys()].filter((key) => parseMeteringKey(key) !== undefined);
      expect(pages.map(({ key }) => key).sort()).toStrictEqual(keys.sort());
      for (const { key, data } of pages) deepStrictEqual(data, expected.get(key)?.["data"] ?? []);
    });

    it("has all its metadata listed and read as in the manifest", async () => {
      const files = await collect(metaReader.list());
      const keys = [...expected.keys()].filter((key) => parseMetadataKey(key) !== undefined);
      expect(files.map(({ key }) => key).sort()).toStrictEqual(keys.sort());
      for (const { key } of files)
        deepStrictEqual((await metaReader.readFile(key)).metadata, expected.get(key)?.["metadata"]);
    });

    it("lists a minute's files by category, both layouts, parts in numeric order", async () => {
      const { files } = await reader.listFilesByTimestamp(1755850680);
      expect([...files.keys()]).toStrictEqual(["tidb-server"]);
      const found = files.get("tidb-server") ?? [];
      expect(found.map(({ sharedPoolId, part }) => [sharedPoolId, part])).toStrictEqual([
        ...Array.from({ length: 14 }, (_, part) => [undefined, part]),
        ...Array.from({ length: 14 }, (_, part) => ["default-shared-pool", part]),
      ]);
      expect(await reader.getCategories(1755850800)).toStrictEqual(["pd", "tidb-server", "tikv-server"]);
      expect((await reader.getFilesByCategory(1755850800, "pd")).map(({ selfId }) => selfId)).toStrictEqual([
        "node01",
        "node02",
        "node_3.x",
        "node01",
        "node02",
        "node_3.x",
      ]);
      expect(await reader.getFilesByCategory(1755850800, "none")).toStrictEqual([]);
      expect(await reader.getCategories(60)).toStrictEqual([]);
    });

    it("marks a record of the Go SDK, because more pages may follow", async () => {
      const id = { timestamp: 1755850680, category: "tidb-server", selfId: "tidbserverlarge01" };
      const record = await reader.readRecord(id);
      expect(record.state).toBe("unknown");
      expect(record.data.map((element) => element?.["logical_cluster_id"])).toStrictEqual(
        Array.from({ length: 40 }, (_, i) => `lc-${String(i + 1).padStart(3, "0")}`),
      );
      const pooled = await reader.readRecord({ ...id, sharedPoolId: "default-shared-pool" });
      expect(pooled.data).toStrictEqual(record.data);
    });

    it("yields every record once in each layout, or reports records in both", async () => {
      const range = { from: 1755850380, to: 1755850440 };
      expect((await collect(reader.scan(range))).map(({ sharedPoolId }) => sharedPoolId)).toStrictEqual([
        undefined,
        "default-shared-pool",
      ]);
      await expect(collect(reader.scan(range, { duplicates: "fail" }))).rejects.toMatchObject({
        code: "duplicate-record",
      });
      const reported: string[] = [];
      const single = reader.scan(
        { ...range, to: 1755850500 },
        { duplicates: "fail", onFinding: ({ code }) => reported.push(code) },
      );
      expect(await collect(single)).toStrictEqual([]);
      expect(reported).toStrictEqual(Array(4).fill("duplicate-record"));
    });

    it.each([
      [1755850099, 1755850000],
      [1755850100, 1755850100],
      [1755850199, 1755850100],
      [9999999999, 1755850200],
    ])("had at %s the version of %s", async (timestamp, modifyTs) => {
      expect((await metaReader.readByType("137008900123", "logic", timestamp))?.modifyTs).toBe(modifyTs);
      expect((await metaReader.readByType("pool-1", "sharedpool", timestamp))?.modifyTs).toBe(modifyTs);
    });

    it.each([
      [0.5 + 0.5, 1],
      [999999998, 1],
      [999999999, 999999999],
      [1000000000, 1000000000],
      [1755850049, 1000000000],
      [1755850050, 1755850050],
    ])("orders versions as numbers, whatever their digits: at %s that of %s", async (timestamp, modifyTs) => {
      expect((await metaReader.readByType("digits-1", "logic", timestamp))?.metadata).toStrictEqual({ at: modifyTs });
    });

    it("keeps a cluster's own metadata apart from that of a category, and from clusters of similar names", async () => {
      const own = await metaReader.readByType("137008900123", "logic", 1755850160);
      const ofCategory = await metaReader.readByType("137008900123", "logic", 1755850160, { category: "tikv-server" });
      expect([own?.metadata?.["version"], ofCategory?.metadata?.["category_version"]]).toStrictEqual([2, 20]);
      expect(await metaReader.readByType("tikv-server", "logic", 1755850160)).toBeUndefined();
      expect((await metaReader.readByType("pre", "logic", 9999999999))?.modifyTs).toBe(1755850000);
      expect((await metaReader.readByType("pre-2", "logic", 9999999999))?.modifyTs).toBe(1755850060);
      expect(await metaReader.readByType("pre-2", "logic", 1755850059)).toBeUndefined();
    });

    it("reads the newest of any type, the untyped layout included", async () => {
      expect((await metaReader.read("both-1", 1755850059))?.type).toBe("logic");
      expect((await metaReader.read("both-1", 1755850060))?.type).toBe("sharedpool");
      expect((await metaReader.read("137008900123", 1755840150))?.metadata).toMatchObject({ legacy_version: 3 });
      expect((await metaReader.read("137008900123", 1755850000))?.metadata).toMatchObject({ version: 1 });
      expect((await metaReader.read("legacy-only-1", 1755840059))?.metadata).toMatchObject({});
      expect((await metaReader.read("legacy-only-1", 1755840060))?.metadata).toBeNull();
      expect(await metaReader.read("legacy-only-1", 1755840060, { category: "tidb-server" })).toBeUndefined();
    });
  },
);
