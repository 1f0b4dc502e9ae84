import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MetaReader } from "@metering/reader";
import { diskCache } from "@metering/reader/disk-cache";
import { withFaults } from "@metering/storage-kit";
import { MetaWriter } from "@metering/writer";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "metering-cache-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const onlyFile = async (): Promise<string> => join(directory, (await readdir(directory))[0] ?? "");

describe("a cache on disk", () => {
  it("returns what was stored, under any name, also after a restart and in another process", async () => {
    const names = fc.uniqueArray(
      fc.string({ unit: "binary", maxLength: 500 }).filter((name) => name.isWellFormed()),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 1000 }), async (given, file) => {
        const cache = diskCache({ directory, maxBytes: 1_000_000 });
        for (const name of given) await cache.set(name, file);
        const other = diskCache({ directory, maxBytes: 1_000_000 });
        for (const name of given) expect(await other.get(name)).toStrictEqual(file);
        expect(other.stats()).toMatchObject({ hits: given.length, misses: 0 });
      }),
      { numRuns: 15 },
    );
  });

  it("creates its folder, and has no entry for an unknown name", async () => {
    const cache = diskCache({ directory: join(directory, "a", "b"), maxBytes: 1000 });
    expect(await cache.get("unknown")).toBeUndefined();
    expect(cache.stats()).toStrictEqual({ hits: 0, misses: 1, bytes: 0 });
  });

  it("treats a file with any byte changed, removed or added as absent", async () => {
    const cache = diskCache({ directory, maxBytes: 1_000_000 });
    await cache.set("name", bytes("the content of a file"));
    const path = await onlyFile();
    const whole = await readFile(path);
    const damage = fc.oneof(
      fc.nat(whole.length * 8 - 1).map((bit) => {
        const damaged = Buffer.from(whole);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return damaged;
      }),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 10 }).map((more) => Buffer.concat([whole, more])),
    );
    await fc.assert(
      fc.asyncProperty(damage, async (damaged) => {
        await writeFile(path, damaged);
        expect(await cache.get("name")).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it("never returns one name's file for another name", async () => {
    const cache = diskCache({ directory, maxBytes: 1_000_000 });
    await cache.set("one", bytes("1"));
    const one = await readFile(await onlyFile());
    await cache.set("two", bytes("2"));
    for (const fileName of await readdir(directory)) await writeFile(join(directory, fileName), one);
    expect(await cache.get("two")).toBeUndefined();
  });

  it("stays below its size limit by evicting the least recently used", async () => {
    const cache = diskCache({ directory, maxBytes: 10_000 });
    const old = new Date(Date.now() - 60_000);
    for (let i = 0; i < 8; i++) await cache.set(`name ${i}`, new Uint8Array(1000));
    for (const fileName of await readdir(directory)) await utimes(join(directory, fileName), old, old);
    await cache.get("name 3");
    for (let i = 8; i < 12; i++) await cache.set(`name ${i}`, new Uint8Array(1000));
    expect(cache.stats().bytes).toBeLessThanOrEqual(10_000);
    expect(await cache.get("name 3")).toBeDefined();
    expect(await cache.get("name 11")).toBeDefined();
    expect((await readdir(directory)).length).toBeLessThan(10);
    await cache.set("huge", new Uint8Array(20_000));
    expect(await cache.get("huge")).toBeUndefined();
  });

  it("removes entries that were unused for too long", async () => {
    await diskCache({ directory, maxBytes: 10_000 }).set("name", bytes("x"));
    const long = new Date(Date.now() - 10_000);
    await utimes(await onlyFile(), long, long);
    expect(await diskCache({ directory, maxBytes: 10_000, maxAgeMs: 60_000 }).get("name")).toBeDefined();
    await utimes(await onlyFile(), long, long);
    expect(await diskCache({ directory, maxBytes: 10_000, maxAgeMs: 5_000 }).get("name")).toBeUndefined();
    expect(await readdir(directory)).toStrictEqual([]);
  });

  it("never removes files of others, whatever their age and the cache's size", async () => {
    const foreign = ["notes.txt", "metering-notes.cached", "metering-1-0.json.gz", ".hidden"];
    const ancient = new Date(0);
    for (const fileName of foreign) {
      await writeFile(join(directory, fileName), new Uint8Array(5000));
      await utimes(join(directory, fileName), ancient, ancient);
    }
    const cache = diskCache({ directory, maxBytes: 1000, maxAgeMs: 1 });
    for (let i = 0; i < 20; i++) await cache.set(`name ${i}`, new Uint8Array(300));
    expect((await readdir(directory)).filter((fileName) => foreign.includes(fileName)).sort()).toStrictEqual(
      foreign.sort(),
    );
  });

  it("is shared by several writers at once", async () => {
    const caches = Array.from({ length: 4 }, () => diskCache({ directory, maxBytes: 5000 }));
    await Promise.all(
      caches.flatMap((cache, c) =>
        Array.from({ length: 50 }, async (_, i) => {
          await cache.set(`name ${i % 10}`, bytes(`content ${i % 10}`));
          const found = await (caches[(c + 1) % 4] ?? cache).get(`name ${i % 10}`);
          if (found !== undefined) expect(Buffer.from(found).toString()).toBe(`content ${i % 10}`);
        }),
      ),
    );
    expect((await readdir(directory)).every((fileName) => fileName.endsWith(".cached"))).toBe(true);
  });

  it("serves a reader after a restart without downloading again", async () => {
    const disk = new MemoryStorage();
    await new MetaWriter(disk).write({ type: "logic", clusterId: "lc-1", modifyTs: 1000, metadata: { a: 1 } });
    const storage = withFaults(disk, () => undefined);
    for (let run = 0; run < 3; run++) {
      const reader = new MetaReader(storage, { cache: diskCache({ directory, maxBytes: 1_000_000 }) });
      expect((await reader.readByType("lc-1", "logic", 2000))?.metadata).toStrictEqual({ a: 1 });
    }
    expect(storage.counts.get).toBe(1);
  });

  it.each([
    {},
    { directory: "", maxBytes: 1 },
    { directory: "x", maxBytes: 0 },
    { directory: "x", maxBytes: 1, size: 1 },
  ])("with the options %j is refused", (options) => {
    expect(() => diskCache(options as never)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});
