import { buildMetadataKey, encodeMetadata, type Metadata, type ObjectStorage } from "@metering/core";
import { memoryCache, MetaReader, type MetadataCache } from "@metering/reader";
import { withFaults } from "@metering/storage-kit";
import { MetaWriter } from "@metering/writer";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { collect, overriding } from "@metering/test-helpers";

const version = (modifyTs: number, clusterId = "lc-1"): Metadata => ({
  type: "logic",
  clusterId,
  modifyTs,
  metadata: { at: modifyTs, list: [1, { deep: true }] },
});

async function write(storage: ObjectStorage, ...times: readonly number[]): Promise<void> {
  for (const time of times) await new MetaWriter(storage).write(version(time));
}

describe("a cache", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function createCached(cache: MetadataCache = memoryCache({ maxBytes: 1_000_000 })) {
    const disk = new MemoryStorage();
    await write(disk, 1000, 2000, 3000);
    const storage = withFaults(disk, () => undefined);
    return { disk, storage, cache, reader: new MetaReader(storage, { cache }) };
  }

  it("returns a version for every time at which it is known to be the newest", async () => {
    const { storage, reader, cache } = await createCached();
    for (const timestamp of [2500, 2000, 2999, 2001]) {
      expect((await reader.readByType("lc-1", "logic", timestamp))?.modifyTs).toBe(2000);
    }
    expect(storage.counts).toMatchObject({ list: 1, get: 1 });
    expect((await reader.readByType("lc-1", "logic", 3000))?.modifyTs).toBe(3000);
    expect((await reader.readByType("lc-1", "logic", 1_000_000))?.modifyTs).toBe(3000);
    expect(storage.counts).toMatchObject({ list: 2, get: 2 });
    // Only what the reader does not hold itself is asked of the cache.
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 2 });
    expect(cache.stats().bytes).toBeGreaterThan(100);
  });

  it("sees a version written later after at most the time to live", async () => {
    const { disk, storage, reader } = await createCached();
    await reader.readByType("lc-1", "logic", 5000);
    await write(disk, 4000);
    vi.advanceTimersByTime(59_999);
    expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(3000);
    vi.advanceTimersByTime(1);
    expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(4000);
    // What was read once is not downloaded again.
    vi.advanceTimersByTime(60_000);
    expect((await reader.readByType("lc-1", "logic", 3500))?.modifyTs).toBe(3000);
    expect(storage.counts.get).toBe(2);
  });

  it("caches that there is none, for a shorter time", async () => {
    const { disk, storage, reader } = await createCached();
    expect(await reader.readByType("lc-1", "logic", 500)).toBeUndefined();
    expect(await reader.readByType("lc-1", "logic", 600)).toBeUndefined();
    expect(storage.counts.list).toBe(1);
    await write(disk, 400);
    vi.advanceTimersByTime(10_000);
    expect((await reader.readByType("lc-1", "logic", 600))?.modifyTs).toBe(400);
  });

  it("makes one request for equal concurrent lookups", async () => {
    const { storage, reader } = await createCached();
    const found = await Promise.all(Array.from({ length: 50 }, () => reader.readByType("lc-1", "logic", 2500)));
    expect(new Set(found.map((one) => one?.modifyTs))).toStrictEqual(new Set([2000]));
    expect(storage.counts).toMatchObject({ list: 1, get: 1 });
  });

  it("gives each caller a copy of its own", async () => {
    const { reader } = await createCached();
    const found = await reader.readByType("lc-1", "logic", 2500);
    expect(() => Object.assign(found?.metadata ?? {}, { at: "changed" })).toThrow(TypeError);
    expect(Object.isFrozen(found?.metadata?.["list"])).toBe(true);
    expect((await reader.readByType("lc-1", "logic", 2500))?.metadata).toStrictEqual(version(2000).metadata);
  });

  it("lets one caller abort without affecting the others", async () => {
    const { reader } = await createCached();
    const abort = new AbortController();
    const given = reader.readByType("lc-1", "logic", 2500, { signal: abort.signal });
    const kept = reader.readByType("lc-1", "logic", 2500);
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect((await kept)?.modifyTs).toBe(2000);
  });

  it("that fails costs one request and one warning", async () => {
    const broken: MetadataCache = {
      get: () => Promise.reject(new Error("cache down")),
      set: () => Promise.reject(new Error("cache down")),
      stats: () => ({ hits: 0, misses: 0, bytes: 0 }),
    };
    const { storage } = await createCached();
    const warn = vi.fn<(message: string) => void>();
    const reader = new MetaReader(storage, { cache: broken, logger: { ...console, warn } });
    expect((await reader.readByType("lc-1", "logic", 2500))?.modifyTs).toBe(2000);
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it("never keeps a file that cannot be used", async () => {
    const { disk, reader } = await createCached();
    const key = buildMetadataKey(version(2000));
    await disk.put(key, Buffer.from("damaged"));
    await expect(reader.readByType("lc-1", "logic", 2500)).rejects.toMatchObject({ code: "invalid-format", key });
    await disk.put(key, await encodeMetadata(version(2000)));
    expect((await reader.readByType("lc-1", "logic", 2500))?.modifyTs).toBe(2000);
  });

  it("in memory stays within its size limit", async () => {
    const cache = memoryCache({ maxBytes: 1000 });
    for (let i = 0; i < 100; i++) await cache.set(`name ${i}`, new Uint8Array(300));
    expect(cache.stats().bytes).toBeLessThanOrEqual(1000);
    expect(await cache.get("name 99")).toHaveLength(300);
    expect(await cache.get("name 0")).toBeUndefined();
  });
});

describe("a cache that several readers share", () => {
  it("never gives one storage's version for another's of the same name", async () => {
    const cache = memoryCache({ maxBytes: 1_000_000 });
    const readers = ["production", "staging"].map(async (owner) => {
      const disk = new MemoryStorage();
      await new MetaWriter(disk).write({ ...version(1000), metadata: { owner } });
      const stored = (await collect(disk.list("")))[0];
      // Everything else is equal: the bucket's name, the key, when it was stored and how large it is.
      const list = async function* () {
        if (stored !== undefined) yield { ...stored, lastModified: new Date(0), size: 1 };
      };
      return new MetaReader(overriding(disk, { name: "s3://bucket", id: `s3 ${owner} bucket`, list }), { cache });
    });
    const found = [];
    for (const reader of readers) found.push((await (await reader).readByType("lc-1", "logic", 2000))?.metadata);
    expect(found).toStrictEqual([{ owner: "production" }, { owner: "staging" }]);
  });

  it("returns an overwritten version after the next lookup, also to a new reader", async () => {
    const cache = memoryCache({ maxBytes: 1_000_000 });
    const disk = new MemoryStorage();
    await write(disk, 1000);
    const reader = new MetaReader(disk, { cache, ttlMs: 0 });
    expect((await reader.readByType("lc-1", "logic", 2000))?.metadata).toStrictEqual(version(1000).metadata);
    const changed = { ...version(1000), metadata: { owner: "another team" } };
    await new MetaWriter(disk, { ifExists: "overwrite" }).write(changed);
    for (const one of [reader, new MetaReader(disk, { cache })]) {
      expect((await one.readByType("lc-1", "logic", 2000))?.metadata).toStrictEqual(changed.metadata);
    }
  });
});

it("without a cache, every lookup makes requests", async () => {
  const disk = new MemoryStorage();
  await write(disk, 1000);
  const reader = new MetaReader(disk);
  expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(1000);
  await write(disk, 2000);
  expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(2000);
});

it.each([
  ["without a cache", {}],
  ["with a cache whose answers do not last", { cache: memoryCache({ maxBytes: 1000 }), ttlMs: 0 }],
])(
  "a lookup that begins after a write has succeeded sees it, also while an older one is under way, %s",
  async (_, options) => {
    const disk = new MemoryStorage();
    await write(disk, 1000);
    let listings = 0;
    const held = new EventTarget();
    const storage = overriding(disk, {
      async *list(...args) {
        const first = ++listings === 1;
        yield* await collect(disk.list(...args));
        if (first) await new Promise((resolve) => held.addEventListener("release", resolve));
      },
    });
    const reader = new MetaReader(storage, options);
    const older = reader.readByType("lc-1", "logic", 5000);
    await vi.waitUntil(() => listings === 1);
    await write(disk, 2000);
    expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(2000);
    held.dispatchEvent(new Event("release"));
    expect((await older)?.modifyTs).toBe(1000);
  },
);

describe("an object that is no metadata file", () => {
  const stray = "metering/meta/logic/lc-1/notes.txt";

  it("stops a listing, with its key", async () => {
    const storage = new MemoryStorage();
    await write(storage, 1000);
    await storage.put(stray, Buffer.from("x"));
    await expect(collect(new MetaReader(storage).list())).rejects.toMatchObject({ code: "unknown-key", key: stray });
  });

  it("is reported to onFinding, and the rest is yielded", async () => {
    const storage = new MemoryStorage();
    await write(storage, 1000, 2000);
    await storage.put(stray, Buffer.from("x"));
    const onFinding = vi.fn<(finding: Error) => void>();
    const reader = new MetaReader(storage, { onFinding });
    expect(await collect(reader.list())).toHaveLength(2);
    expect((await reader.readByType("lc-1", "logic", 1500))?.modifyTs).toBe(1000);
    expect(onFinding.mock.calls).toMatchObject([[{ key: stray }], [{ key: stray }]]);
  });

  it("does not prevent a lookup from finding its version", async () => {
    const storage = new MemoryStorage();
    await write(storage, 1000);
    await storage.put(stray, Buffer.from("x"));
    expect((await new MetaReader(storage).readByType("lc-1", "logic", 1500))?.modifyTs).toBe(1000);
  });
});

it.each(["10.0.0.1:4000", "a cluster?", "<none>", "back\\slash", "ünïcode"])(
  "looks up the cluster or category %s, which the Go SDK writes and a writer here may refuse",
  async (name) => {
    const storage = new MemoryStorage();
    const body = await encodeMetadata({ ...version(1000), clusterId: name, category: name });
    await storage.put(`metering/meta/logic/${name}/${name}/1000.json.gz`, body);
    const reader = new MetaReader(storage);
    expect((await reader.readByType(name, "logic", 2000, { category: name }))?.modifyTs).toBe(1000);
    expect(await collect(reader.list({ category: name, clusterId: name }))).toHaveLength(1);
  },
);

it.each([0, -1, 1.5, Number.NaN])("a lookup at %s is refused", async (timestamp) => {
  await expect(new MetaReader(new MemoryStorage()).readByType("lc-1", "logic", timestamp)).rejects.toMatchObject({
    code: "invalid-argument",
  });
});

it("list can be restricted to a type, a category or a cluster", async () => {
  const storage = new MemoryStorage();
  const writer = new MetaWriter(storage);
  for (const one of [
    version(1),
    version(2),
    version(3, "lc-2"),
    { ...version(4), category: "tidb-server" },
    { ...version(5), type: "sharedpool" as const },
  ]) {
    await writer.write(one);
  }
  const listed = async (filter: Parameters<MetaReader["list"]>[0]) => {
    const times: number[] = [];
    for await (const { modifyTs } of new MetaReader(storage).list(filter)) times.push(modifyTs);
    return times;
  };
  expect(await listed({})).toStrictEqual([1, 2, 3, 4, 5]);
  expect(await listed({ type: "logic" })).toStrictEqual([1, 2, 3, 4]);
  expect(await listed({ clusterId: "lc-1" })).toStrictEqual([1, 2, 4, 5]);
  expect(await listed({ category: "tidb-server" })).toStrictEqual([4]);
});
