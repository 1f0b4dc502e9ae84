import { buildMetadataKey, encodeMetadata, type Metadata, type ObjectInfo, type ObjectStorage } from "@metering/core";
import { memoryCache, MetaReader, type MetadataCache } from "@metering/reader";
import { withFaults } from "@metering/storage-kit";
import { MetaWriter } from "@metering/writer";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createStorage, overriding } from "./disk.ts";

const version = (modifyTs: number, clusterId = "lc-1"): Metadata => ({
  type: "logic",
  clusterId,
  modifyTs,
  metadata: { at: modifyTs, list: [1, { deep: true }] },
});

async function write(storage: ObjectStorage, ...times: readonly number[]): Promise<void> {
  for (const time of times) await new MetaWriter(storage).write(version(time));
}

/** A storage of many versions that lists as S3 does, a request for each 1,000 keys, and counts them. */
function createLargeStorage(times: readonly number[], more: readonly string[] = []) {
  const keys = [...times.map((time) => buildMetadataKey(version(time))), ...more].sort();
  const counts = { requests: 0, gets: 0 };
  const disk = createStorage();
  const storage = overriding(disk, {
    async *list(prefix: string, { startAfter = "" } = {}): AsyncGenerator<ObjectInfo> {
      let low = 0;
      let high = keys.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((keys[middle] ?? "") <= startAfter) low = middle + 1;
        else high = middle;
      }
      for (let n = 0; ; n++) {
        if (n % 1000 === 0) counts.requests++;
        const key = keys[low + n];
        if (key === undefined || (!key.startsWith(prefix) && key > prefix)) return;
        if (key.startsWith(prefix)) yield { key, size: 1, lastModified: new Date(0) };
      }
    },
    async get(key: string) {
      counts.gets++;
      return encodeMetadata(version(Number(/(\d+)\.json/.exec(key)?.[1])));
    },
  });
  return { storage, counts };
}

function newest(times: readonly number[], timestamp: number): number | undefined {
  return times.filter((time) => time <= timestamp).sort((a, b) => b - a)[0];
}

describe("a lookup among many versions", () => {
  it.each([
    ["one a minute", (i: number) => 1_700_000_000 + i * 60, 3],
    ["one a second", (i: number) => 1_700_000_000 + i, 3],
    ["ever denser", (i: number) => 1_700_000_000 + Math.floor(Math.sqrt(i) * 100_000), 8],
    ["ever sparser", (i: number) => 1_500_000_000 + Math.floor(i * i * 0.02), 8],
    ["in bursts", (i: number) => 1_600_000_000 + Math.floor(i / 5000) * 2_000_000 + (i % 5000), 12],
  ])("of a cluster with 100,000, %s, costs a handful of requests", async (_, timeOf, most) => {
    const times = [...new Set(Array.from({ length: 100_000 }, (_unused, i) => timeOf(i)))];
    const { storage, counts } = createLargeStorage(times);
    const reader = new MetaReader(storage);
    const requestsFor = async (timestamp: number): Promise<number> => {
      counts.requests = 0;
      const found = await reader.readByType("lc-1", "logic", timestamp);
      expect(found?.modifyTs).toBe(newest(times, timestamp));
      return counts.requests;
    };
    const first = times[0] ?? 0;
    const last = times.at(-1) ?? 0;
    for (const place of [0.001, 0.1, 0.25, 0.5, 0.77, 0.999]) {
      expect(await requestsFor(times[Math.floor(place * times.length)] ?? 0)).toBeLessThanOrEqual(most);
    }
    expect(await requestsFor(last)).toBeLessThanOrEqual(most);
    expect(await requestsFor(last - 1)).toBeLessThanOrEqual(most);
    expect(await requestsFor(first)).toBe(1);
    expect(await requestsFor(last + 1_000_000)).toBeLessThanOrEqual(20);
    // Where there is none, versions of fewer digits could be anywhere between the others.
    expect(await requestsFor(first - 1)).toBeLessThanOrEqual(2 + Math.ceil(times.length / 1000));
  });

  it("of up to 1,000 costs one request", async () => {
    const { storage, counts } = createLargeStorage(Array.from({ length: 999 }, (_, i) => 1_700_000_000 + i * 86_400));
    await new MetaReader(storage).readByType("lc-1", "logic", 1_750_000_000);
    expect(counts).toStrictEqual({ requests: 1, gets: 1 });
  });

  it("finds the newest for any times, of any number of digits, whatever lies between them", async () => {
    const time = fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 999_999_000, max: 1_000_001_000 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(time, { minLength: 1, maxLength: 3000, size: "max" }),
        fc.array(time, { minLength: 5, maxLength: 5 }),
        async (times, timestamps) => {
          const others = [
            `metering/meta/logic/lc-1/12/5.json.gz`,
            "metering/meta/logic/lc-1/1000000/7.json.gz",
            "metering/meta/logic/lc-1/x.json.gz",
          ];
          const reader = new MetaReader(createLargeStorage(times, others).storage);
          for (const timestamp of timestamps) {
            expect((await reader.readByType("lc-1", "logic", timestamp))?.modifyTs).toBe(newest(times, timestamp));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("a cache", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function createCached(cache: MetadataCache = memoryCache({ maxBytes: 1_000_000 })) {
    const disk = createStorage();
    await write(disk, 1000, 2000, 3000);
    const storage = withFaults(disk, () => undefined);
    return { disk, storage, cache, reader: new MetaReader(storage, { cache }) };
  }

  it("serves a version for every time at which it is known to be the newest", async () => {
    const { storage, reader, cache } = await createCached();
    for (const timestamp of [2500, 2000, 2999, 2001]) {
      expect((await reader.readByType("lc-1", "logic", timestamp))?.modifyTs).toBe(2000);
    }
    expect(storage.counts).toMatchObject({ list: 1, get: 1 });
    expect((await reader.readByType("lc-1", "logic", 3000))?.modifyTs).toBe(3000);
    expect((await reader.readByType("lc-1", "logic", 1_000_000))?.modifyTs).toBe(3000);
    expect(storage.counts).toMatchObject({ list: 2, get: 2 });
    expect(cache.stats()).toMatchObject({ hits: 4, misses: 2 });
    expect(cache.stats().bytes).toBeGreaterThan(100);
  });

  it("sees a version written later, after as long as its reader was told at the most", async () => {
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

  it("remembers that there is none, for a shorter time", async () => {
    const { disk, storage, reader } = await createCached();
    expect(await reader.readByType("lc-1", "logic", 500)).toBeUndefined();
    expect(await reader.readByType("lc-1", "logic", 600)).toBeUndefined();
    expect(storage.counts.list).toBe(1);
    await write(disk, 400);
    vi.advanceTimersByTime(10_000);
    expect((await reader.readByType("lc-1", "logic", 600))?.modifyTs).toBe(400);
  });

  it("makes one request of equal lookups at the same time", async () => {
    const { storage, reader } = await createCached();
    const found = await Promise.all(Array.from({ length: 50 }, () => reader.readByType("lc-1", "logic", 2500)));
    expect(new Set(found.map((one) => one?.modifyTs))).toStrictEqual(new Set([2000]));
    expect(storage.counts).toMatchObject({ list: 1, get: 1 });
  });

  it("gives each caller an object of its own", async () => {
    const { reader } = await createCached();
    const [one, two] = await Promise.all([
      reader.readByType("lc-1", "logic", 2500),
      reader.readByType("lc-1", "logic", 2500),
    ]);
    Object.assign(one?.metadata ?? {}, { at: "changed" });
    expect(two?.metadata?.["at"]).toBe(2000);
    expect((await reader.readByType("lc-1", "logic", 2500))?.metadata?.["at"]).toBe(2000);
  });

  it("lets one caller give up without the others", async () => {
    const { reader } = await createCached();
    const abort = new AbortController();
    const given = reader.readByType("lc-1", "logic", 2500, { signal: abort.signal });
    const kept = reader.readByType("lc-1", "logic", 2500);
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(given).rejects.toBe(reason);
    expect((await kept)?.modifyTs).toBe(2000);
  });

  it("that fails costs a request and a warning", async () => {
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

  it("in memory holds no more bytes than it may", async () => {
    const cache = memoryCache({ maxBytes: 1000 });
    for (let i = 0; i < 100; i++) await cache.set(`name ${i}`, new Uint8Array(300));
    expect(cache.stats().bytes).toBeLessThanOrEqual(1000);
    expect(await cache.get("name 99")).toHaveLength(300);
    expect(await cache.get("name 0")).toBeUndefined();
  });
});

it("without a cache every lookup is made anew", async () => {
  const disk = createStorage();
  await write(disk, 1000);
  const reader = new MetaReader(disk);
  expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(1000);
  await write(disk, 2000);
  expect((await reader.readByType("lc-1", "logic", 5000))?.modifyTs).toBe(2000);
});

it.each([0, -1, 1.5, Number.NaN])("a lookup at %s is refused", async (timestamp) => {
  await expect(new MetaReader(createStorage()).readByType("lc-1", "logic", timestamp)).rejects.toMatchObject({
    code: "invalid-argument",
  });
});

it("list can be narrowed to a type, a category or a cluster", async () => {
  const storage = createStorage();
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
