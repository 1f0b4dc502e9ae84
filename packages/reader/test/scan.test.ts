import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { isMeteringError, type MeteringElement, type ObjectStorage } from "@metering/core";
import { MeteringReader, type Scan, type ScanOptions, type ScanRange } from "@metering/reader";
import { withFaults } from "@metering/storage-kit";
import { MeteringWriter } from "@metering/writer";
import { describe, expect, it, vi } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { collect, overriding } from "@metering/test-helpers";

const start = 1755850380;
const pageSizeBytes = 50;
const element = (n: number): MeteringElement => ({ n, ru: { value: n, unit: "RU" } });
const elements = (count: number): MeteringElement[] => Array.from({ length: count }, (_, i) => element(i));

interface Written {
  readonly minute: number;
  readonly category?: string;
  readonly selfId?: string;
  readonly sharedPoolId?: string;
  readonly count?: number;
}

async function write(storage: ObjectStorage, ...records: readonly Written[]): Promise<void> {
  const writer = new MeteringWriter(storage, { pageSizeBytes });
  for (const { minute, category = "tidb-server", selfId = "a", sharedPoolId, count = 1 } of records) {
    await writer.write({ timestamp: start + minute * 60, category, selfId, sharedPoolId, data: elements(count) });
  }
}

/** Range of minutes counted from the start. */
const range = (from: number, to: number, filter: Omit<ScanRange, "from" | "to"> = {}): ScanRange => ({
  from: start + from * 60,
  to: start + to * 60,
  ...filter,
});

/** Keys of all pages of the records, without what all keys share. */
async function scannedKeys(storage: ObjectStorage, of: ScanRange, options?: ScanOptions): Promise<string[]> {
  return keysOf(new MeteringReader(storage).scan(of, options));
}

async function keysOf(scan: Scan): Promise<string[]> {
  const records = await collect(scan);
  return records.flatMap(({ keys }) => keys.map(shorten));
}

const shorten = (key: string): string => key.replace("metering/ru/", "").replace(".json.gz", "");

describe("a scan", () => {
  it("yields every page from the first minute up to, excluding, the last, in a stable order", async () => {
    const storage = new MemoryStorage();
    await write(
      storage,
      { minute: 0, selfId: "b", count: 12 },
      { minute: 0, selfId: "a" },
      { minute: 0, selfId: "a", sharedPoolId: "p" },
      { minute: 0, selfId: "a", sharedPoolId: "a-0" },
      { minute: 0, category: "pd" },
      { minute: 1, category: "tikv-server" },
      { minute: 3 },
      { minute: 4 },
    );
    const bParts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((part) => `${start}/tidb-server/b-${part}`);
    expect(await scannedKeys(storage, range(0, 4))).toStrictEqual([
      `${start}/pd/a-0`,
      `${start}/tidb-server/a-0`,
      ...bParts,
      `${start}/tidb-server/a-0/a-0`,
      `${start}/tidb-server/p/a-0`,
      `${start + 60}/tikv-server/a-0`,
      `${start + 180}/tidb-server/a-0`,
    ]);
    expect(await scannedKeys(storage, range(1, 3))).toStrictEqual([`${start + 60}/tikv-server/a-0`]);
    expect(await scannedKeys(storage, range(5, 9))).toStrictEqual([]);
    const pages = await collect(new MeteringReader(storage).scan(range(0, 4)).storedPages());
    expect(pages.map(({ key }) => shorten(key))).toStrictEqual(await scannedKeys(storage, range(0, 4)));
  });

  it("works across the day on which timestamps got one more digit", async () => {
    const storage = new MemoryStorage();
    const writer = new MeteringWriter(storage);
    for (const timestamp of [999999960, 1000000020, 60, 120, 999960]) {
      await writer.write({ timestamp, category: "c", selfId: "a", data: [] });
    }
    const pages = await collect(new MeteringReader(storage).scan({ from: 60, to: 1000000080 }));
    expect(pages.map(({ timestamp }) => timestamp)).toStrictEqual([60, 120, 999960, 999999960, 1000000020]);
  });

  it.each([
    [{ category: "tikv-server" }, ["tikv-server/a-0", "tikv-server/p/b-0"]],
    [{ category: "tikv" }, ["tikv/a-0"]],
    [{ sharedPoolId: "p" }, ["tidb-server/p/a-0", "tikv-server/p/b-0"]],
    [{ selfId: "a" }, ["tidb-server/p/a-0", "tikv-server/a-0", "tikv/a-0"]],
    [{ category: "tikv-server", selfId: "b" }, ["tikv-server/p/b-0"]],
    [{ category: "tikv-server", sharedPoolId: "p", selfId: "b" }, ["tikv-server/p/b-0"]],
    [{ category: "tikv-server", sharedPoolId: "p", selfId: "a" }, []],
    [{ category: "none" }, []],
  ])("filtered by %j downloads only what matches", async (filter, expected) => {
    const disk = new MemoryStorage();
    for (const minute of [0, 1]) {
      await write(
        disk,
        { minute, category: "tidb-server", sharedPoolId: "p" },
        { minute, category: "tikv-server" },
        { minute, category: "tikv-server", selfId: "b", sharedPoolId: "p" },
        { minute, category: "tikv" },
      );
    }
    const storage = withFaults(disk, () => undefined);
    const all = expected.map((key) => `${start}/${key}`).concat(expected.map((key) => `${start + 60}/${key}`));
    expect(await scannedKeys(storage, range(0, 2, filter))).toStrictEqual(all);
    expect(storage.counts.get).toBe(all.length);
  });

  it("lists a range of minutes with one listing", async () => {
    const disk = new MemoryStorage();
    for (let minute = 0; minute < 60; minute++) await write(disk, { minute });
    const storage = withFaults(disk, () => undefined);
    expect(await scannedKeys(storage, range(0, 60))).toHaveLength(60);
    expect(storage.counts).toMatchObject({ list: 1, get: 60, head: 0 });
  });

  it("skips what a filter excludes if reading on would cost more requests", async () => {
    const disk = new MemoryStorage();
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 2500; i++) {
        await disk.put(`metering/ru/${start + minute * 60}/many/x${i}-0.json.gz`, new Uint8Array());
      }
      await write(disk, { minute, category: "wanted" });
    }
    let listed = 0;
    const counting = overriding(disk, {
      async *list(...args: Parameters<ObjectStorage["list"]>) {
        for await (const info of disk.list(...args)) {
          listed++;
          yield info;
        }
      },
    });
    expect(await scannedKeys(counting, range(0, 3, { category: "wanted" }))).toHaveLength(3);
    // Of 7,503 keys, at most one request's worth a minute and one more.
    expect(listed).toBeLessThanOrEqual(4000);
  });

  it("reads ahead at most as far as its concurrency, and stops when its consumer does", async () => {
    const disk = new MemoryStorage();
    for (let minute = 0; minute < 50; minute++) await write(disk, { minute });
    let open = 0;
    let most = 0;
    // Downloads that take longer than listing does.
    const storage = withFaults(disk, ({ verb }) => (verb === "get" ? { delayMs: 5 } : undefined));
    const watched = overriding(storage, {
      async get(...args: Parameters<ObjectStorage["get"]>) {
        most = Math.max(most, ++open);
        try {
          return await storage.get(...args);
        } finally {
          open--;
        }
      },
    });
    const reader = new MeteringReader(watched, { concurrency: 4 });
    for await (const page of reader.scan(range(0, 50))) {
      expect(page.timestamp).toBe(start);
      break;
    }
    expect(open).toBe(0);
    expect(storage.counts.get).toBeLessThanOrEqual(5);
    await collect(reader.scan(range(0, 50)));
    expect(most).toBe(4);
  });

  it("yields records as they arrive if order does not matter, each once", async () => {
    const disk = new MemoryStorage();
    // Several pages a record, so that those of one arrive among those of others.
    for (let minute = 0; minute < 20; minute++) await write(disk, { minute, count: 3 });
    // The first one takes longer than all others together.
    const others = new AbortController();
    const storage = overriding(disk, {
      async get(...args) {
        if (args[0].includes(`/${start}/`)) await once(others.signal, "abort");
        return disk.get(...args);
      },
    });
    const scan = new MeteringReader(storage, { concurrency: 4 }).scan(range(0, 20), { order: "arrival" });
    const minutes: number[] = [];
    for await (const { timestamp, data } of scan) {
      expect(data).toHaveLength(3);
      minutes.push((timestamp - start) / 60);
      if (minutes.length === 19) others.abort();
    }
    expect(minutes.at(-1)).toBe(0);
    expect(minutes.sort((a, b) => a - b)).toStrictEqual(Array.from({ length: 20 }, (_, minute) => minute));
  });

  it("ends with the signal's reason, before or while it runs", async () => {
    const storage = new MemoryStorage();
    for (let minute = 0; minute < 20; minute++) await write(storage, { minute });
    const abort = new AbortController();
    const scan = new MeteringReader(storage, { concurrency: 2 }).scan(range(0, 20), { signal: abort.signal });
    const reason = new Error("enough");
    let pages = 0;
    const reading = (async () => {
      for await (const _ of scan) if (++pages === 3) abort.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    expect(pages).toBe(3);
    await expect(collect(scan)).rejects.toBe(reason);
  });

  it("yields single elements with their record", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 5 }, { minute: 1, count: 1 });
    const entries = await collect(new MeteringReader(storage).scan(range(0, 2)).entries());
    expect(entries.map((entry) => [entry.record.timestamp, entry.element["n"]])).toStrictEqual([
      ...[0, 1, 2, 3, 4].map((n) => [start, n]),
      [start + 60, 0],
    ]);
  });

  it.each([
    `metering/ru/${start}/tidb-server/notes.txt`,
    `metering/ru/${start}/tidb-server/b-00.json.gz`,
    `metering/ru/${start}/tidb-server/p/q/b-0.json.gz`,
    `metering/ru/${start}000/tidb-server/milliseconds-0.json.gz`,
  ])("stops at %s, which is no page, and goes on where the caller is told", async (key) => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0 }, { minute: 1 });
    await storage.put(key, new Uint8Array());
    await expect(scannedKeys(storage, range(0, 2))).rejects.toMatchObject({ code: "unknown-key", key });
    const reader = new MeteringReader(storage);
    await expect(reader.scan(range(0, 2)).entries()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ key });

    const findings: string[] = [];
    const scan = reader.scan(range(0, 2), { onFinding: (finding) => findings.push(`${finding.code} ${finding.key}`) });
    expect(await keysOf(scan)).toHaveLength(2);
    expect(findings).toStrictEqual([`unknown-key ${key}`]);
    expect(scan.skipped).toBe(1);
  });

  it("ignores foreign keys before and after its range", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0 }, { minute: 1 }, { minute: 2 });
    await storage.put(`metering/ru/${start}/notes.txt`, new Uint8Array());
    await storage.put(`metering/ru/${start + 120}/notes.txt`, new Uint8Array());
    expect(await scannedKeys(storage, range(1, 2))).toHaveLength(1);
  });

  it("reports stored names that are not keys, such as folder markers", async () => {
    const disk = new MemoryStorage();
    await write(disk, { minute: 0 });
    const marker = `metering/ru/${start}/tidb-server/`;
    const storage = overriding(disk, {
      async *list(prefix, options) {
        options?.onInvalidKey?.(marker);
        yield* disk.list(prefix, options);
      },
    });
    await expect(scannedKeys(storage, range(0, 1))).rejects.toMatchObject({ code: "unknown-key", key: marker });
    const findings: unknown[] = [];
    const onFinding = ({ key }: { readonly key: string | undefined }) => findings.push(key);
    expect(await scannedKeys(storage, range(0, 1), { onFinding })).toHaveLength(1);
    expect(findings).toStrictEqual([marker]);
  });

  it("counts everything that it skips", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 6 }, { minute: 1 });
    await storage.delete(`metering/ru/${start}/tidb-server/a-0.json.gz`);
    const warn = vi.fn<(message: string) => void>();
    const reader = new MeteringReader(storage, { logger: { ...console, warn } });
    const scan = reader.scan(range(0, 2), { incomplete: "skip" });
    expect(await collect(scan)).toHaveLength(1);
    expect(scan.skipped).toBe(1);
    expect(warn).toHaveBeenCalledOnce();
  });

  it.each(["17558460", "1755850379940", "17558503", "999", "175585037940"])(
    "finds every minute even if %s, with another number of digits, has thousands of files",
    async (timestamp) => {
      const disk = new MemoryStorage();
      for (let i = 0; i < 1200; i++) await disk.put(`metering/ru/${timestamp}/other/x${i}-0.json.gz`, new Uint8Array());
      for (let minute = -6; minute < 60; minute++) await write(disk, { minute });
      for (const filter of [{}, { category: "tidb-server" }, { selfId: "a" }]) {
        const scan = new MeteringReader(disk).scan(range(-6, 60, filter), { onFinding: () => {} });
        expect(await keysOf(scan)).toHaveLength(66);
      }
    },
  );

  it.each([
    { from: start, to: start },
    { from: start + 60, to: start },
    { from: start + 1, to: start + 60 },
    { from: 0, to: 60 },
    { from: start, to: start + 60, category: "a/b" },
    { from: start, to: start + 60, pool: "misspelt" },
    { from: start * 1000, to: start * 1000 + 60 },
  ])("of %j is refused", (bad) => {
    expect(() => new MeteringReader(new MemoryStorage()).scan(bad)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("damage", () => {
  const damaged = `metering/ru/${start + 60}/tidb-server/a-0.json.gz`;

  async function createDamaged(): Promise<ObjectStorage> {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0 }, { minute: 1 }, { minute: 2 });
    await storage.put(damaged, Buffer.from("not a page"));
    return storage;
  }

  it("stops a scan with the file's key and reason", async () => {
    await expect(scannedKeys(await createDamaged(), range(0, 3))).rejects.toMatchObject({
      code: "invalid-format",
      key: damaged,
    });
  });

  it("costs only that file if the caller handles the error", async () => {
    const errors: unknown[] = [];
    const reader = new MeteringReader(await createDamaged());
    const options = { onFinding: (finding: unknown) => errors.push(finding) };
    expect(await collect(reader.scan(range(0, 3), options))).toHaveLength(2);
    expect(await collect(reader.scan(range(0, 3), options).storedPages())).toHaveLength(2);
    const keys = [0, 1, 2].map((minute) => `metering/ru/${start + minute * 60}/tidb-server/a-0.json.gz`);
    expect(await collect(reader.readFiles(keys, options))).toHaveLength(2);
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toMatchObject({ code: "invalid-format", key: damaged });
  });

  it("of a file that contradicts its key is reported", async () => {
    const storage = await createDamaged();
    await storage.put(damaged, await storage.get(`metering/ru/${start}/tidb-server/a-0.json.gz`));
    await expect(scannedKeys(storage, range(0, 3))).rejects.toMatchObject({ code: "key-mismatch", key: damaged });
  });

  it("of one page costs its record, which is never yielded in part", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 12 }, { minute: 1 });
    await storage.put(`metering/ru/${start}/tidb-server/a-3.json.gz`, Buffer.from("not a page"));
    const errors: unknown[] = [];
    const records = await collect(
      new MeteringReader(storage).scan(range(0, 2), { onFinding: (error) => errors.push(error) }),
    );
    expect(records.map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
    expect(errors).toHaveLength(1);
  });

  it("is different from a failing storage", async () => {
    const storage = withFaults(await createDamaged(), ({ verb }) =>
      verb === "get" ? { before: "unavailable" } : undefined,
    );
    await expect(scannedKeys(storage, range(0, 3), { onFinding: () => {} })).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

describe("whole records", () => {
  const id = { timestamp: start, category: "tidb-server", selfId: "a" };
  const part = (n: number): string => `metering/ru/${start}/tidb-server/a-${n}.json.gz`;

  it("have all their parts in numeric order and their elements in written order", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 25 }, { minute: 0, selfId: "b" }, { minute: 1, count: 3 });
    const reader = new MeteringReader(storage);
    const records = await collect(reader.scan(range(0, 2)));
    expect(records.map((record) => [record.selfId, record.timestamp, record.state])).toStrictEqual([
      ["a", start, "complete"],
      ["b", start, "complete"],
      ["a", start + 60, "complete"],
    ]);
    expect(records[0]?.data).toStrictEqual(elements(25));
    expect(records[0]?.keys[10]).toBe(part(10));
    expect(await reader.readRecord(id)).toStrictEqual(records[0]);
  });

  it.each([
    ["without part 0", 0],
    ["with a gap", 2],
  ])("%s are incomplete: an error by default, left out or waited for at will", async (_, missing) => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 6 }, { minute: 1 });
    const file = await storage.get(part(missing));
    await storage.delete(part(missing));
    const reader = new MeteringReader(storage);
    const scan = (incomplete?: "skip" | "wait") => reader.scan(range(0, 2), { incomplete });
    await expect(reader.readRecord(id)).rejects.toMatchObject({ code: "incomplete-record" });
    await expect(collect(scan())).rejects.toMatchObject({ code: "incomplete-record" });
    await expect(collect(scan().entries())).rejects.toMatchObject({ code: "incomplete-record" });
    expect((await collect(scan("skip"))).map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
    expect((await collect(scan("skip").entries())).map(({ record }) => record.timestamp)).toStrictEqual([start + 60]);

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const waiting = collect(scan("wait"));
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await storage.put(part(missing), file);
      await vi.advanceTimersByTimeAsync(1000);
      expect((await waiting).map(({ data }) => data.length)).toStrictEqual([6, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("that are waited for end on abort", async () => {
    const abort = new AbortController();
    const waiting = new MeteringReader(new MemoryStorage()).readRecord(id, {
      incomplete: "wait",
      signal: abort.signal,
    });
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it("that do not exist are not-found", async () => {
    await expect(new MeteringReader(new MemoryStorage()).readRecord(id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are never returned in part while they are written", async () => {
    for (let moment = 1; moment <= 16; moment++) {
      const disk = new MemoryStorage();
      const reader = new MeteringReader(disk);
      let call = 0;
      const seen: (number | undefined)[] = [];
      const storage = overriding(disk, {
        async put(...args: Parameters<ObjectStorage["put"]>) {
          if (++call === moment) {
            const records = await collect(reader.scan(range(0, 1), { incomplete: "skip" }));
            seen.push(...records.map(({ data }) => data.length));
          }
          return disk.put(...args);
        },
      });
      await new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data: elements(15) });
      expect(seen.every((length) => length === 15)).toBe(true);
    }
  });

  it("are never returned with pages of two writes while they are overwritten", async () => {
    const lengths = new Set<number>();
    for (let moment = 1; moment <= 20; moment++) {
      const disk = new MemoryStorage();
      await write(disk, { minute: 0, count: 6 });
      const fresh = Array.from({ length: 9 }, (_, i) => element(100 + i));
      let call = 0;
      const overwriting = overriding(disk, {
        async get(...args: Parameters<ObjectStorage["get"]>) {
          const file = await disk.get(...args);
          if (++call === moment) {
            await new MeteringWriter(disk, { pageSizeBytes, ifExists: "overwrite" }).write({ ...id, data: fresh });
          }
          return file;
        },
      });
      const reader = new MeteringReader(overwriting, { concurrency: 1 });
      try {
        const { data } = await reader.readRecord(id);
        expect([elements(6), fresh]).toContainEqual(data);
        lengths.add(data.length);
      } catch (error) {
        expect(isMeteringError(error, "incomplete-record") || isMeteringError(error, "not-found")).toBe(true);
      }
    }
    expect(lengths).toContain(6);
  });

  it("of which a listing saw one page are never returned as page 0 of a longer one written since", async () => {
    const scanWhileOverwritten = async (incomplete: "fail" | "skip" | "wait"): Promise<number[]> => {
      const disk = new MemoryStorage();
      await write(disk, { minute: 0, count: 1 });
      let overwriting: Promise<unknown> | undefined;
      const storage = overriding(disk, {
        async get(...args) {
          await (overwriting ??= new MeteringWriter(disk, { pageSizeBytes, ifExists: "overwrite" }).write({
            ...id,
            data: elements(3),
          }));
          return disk.get(...args);
        },
      });
      const records = await collect(new MeteringReader(storage).scan(range(0, 1), { incomplete }));
      return records.map(({ data }) => data.length);
    };
    await expect(scanWhileOverwritten("fail")).rejects.toMatchObject({ code: "incomplete-record" });
    expect(await scanWhileOverwritten("skip")).toStrictEqual([]);
    expect(await scanWhileOverwritten("wait")).toStrictEqual([3]);
  });

  it("are incomplete, not missing, if a page is deleted between listing and reading", async () => {
    const disk = new MemoryStorage();
    await write(disk, { minute: 0, count: 3 }, { minute: 1 });
    for (const vanished of [0, 2]) {
      const storage = overriding(disk, {
        get: (key, options) => disk.get(key === part(vanished) ? part(9) : key, options),
      });
      await expect(scannedKeys(storage, range(0, 2))).rejects.toMatchObject({
        code: "incomplete-record",
        key: part(0),
      });
      expect(await scannedKeys(storage, range(0, 2), { incomplete: "skip" })).toHaveLength(1);
    }
  });

  it("exclude pages that part 0 does not name, whatever their content", async () => {
    const storage = new MemoryStorage();
    await write(storage, { minute: 0, count: 3 });
    await storage.put(part(3), await storage.get(part(2)));
    await storage.put(part(7), Buffer.from("not a page"));
    const reader = new MeteringReader(storage);
    expect((await collect(reader.scan(range(0, 1)))).map(({ data }) => data)).toStrictEqual([elements(3)]);
    expect((await reader.readRecord(id)).data).toStrictEqual(elements(3));
    // They are there for tools that look at single pages.
    await expect(collect(reader.scan(range(0, 1)).storedPages())).rejects.toMatchObject({ key: part(3) });
  });

  it("are incomplete if a page's content differs from what part 0 says", async () => {
    const [storage, other] = [new MemoryStorage(), new MemoryStorage()];
    await write(storage, { minute: 0, count: 3 });
    await new MeteringWriter(other, { pageSizeBytes }).write({ ...id, data: elements(3).toReversed() });
    await storage.put(part(2), await other.get(part(2)));
    await expect(scannedKeys(storage, range(0, 1))).rejects.toMatchObject({ code: "incomplete-record" });
    await expect(new MeteringReader(storage).readRecord(id)).rejects.toMatchObject({ code: "incomplete-record" });
  });

  it("take one listing and one download per page, and no listing if the record is known", async () => {
    const disk = new MemoryStorage();
    await write(disk, { minute: 0, count: 25 }, { minute: 1, count: 3 });
    const storage = withFaults(disk, () => undefined);
    const reader = new MeteringReader(storage);
    expect(await collect(reader.scan(range(0, 2)))).toHaveLength(2);
    expect(storage.counts).toStrictEqual({ put: 0, get: 28, head: 0, delete: 0, list: 1 });
    await reader.readRecord(id);
    expect(storage.counts).toStrictEqual({ put: 0, get: 28 + 25, head: 0, delete: 0, list: 1 });
  });
});

describe("a file of the Go SDK that is being written", () => {
  const key = `metering/ru/${start}/tidb-server/go-0.json.gz`;
  const file = gzipSync('{"data":[{"n":1}]}');

  it("is read if it is complete on the second read", async () => {
    const disk = new MemoryStorage();
    await disk.put(key, file);
    let looks = 0;
    const storage = overriding(disk, {
      get: async (...args) => (++looks === 1 ? file.subarray(0, 20) : disk.get(...args)),
    });
    const [record] = await collect(new MeteringReader(storage).scan(range(0, 1)));
    expect(record).toMatchObject({ state: "unknown", data: [{ n: 1 }] });
  });

  it("is retryable otherwise, and skipped or waited for as the caller chose", async () => {
    const storage = new MemoryStorage();
    await storage.put(key, file.subarray(0, 20));
    await write(storage, { minute: 1 });
    await expect(scannedKeys(storage, range(0, 2))).rejects.toMatchObject({ code: "truncated-file", retryable: true });
    expect(await scannedKeys(storage, range(0, 2), { incomplete: "skip" })).toHaveLength(1);
    const waiting = collect(new MeteringReader(storage).scan(range(0, 2), { incomplete: "wait" }));
    await storage.put(key, file);
    expect(await waiting).toHaveLength(2);
  });
});

it("records of any name that a key can hold are scanned and looked up", async () => {
  const storage = new MemoryStorage();
  const id = { timestamp: start, category: "a:b", selfId: "10.0.0.1:4000" };
  await storage.put(`metering/ru/${start}/a:b/10.0.0.1:4000-0.json.gz`, gzipSync('{"data":[{"n":1}]}'));
  const reader = new MeteringReader(storage);
  expect((await collect(reader.scan(range(0, 1))))[0]?.data).toStrictEqual([{ n: 1 }]);
  expect((await collect(reader.scan(range(0, 1, { category: id.category, selfId: id.selfId }))))[0]?.data).toHaveLength(
    1,
  );
  expect((await reader.readRecord(id)).data).toStrictEqual([{ n: 1 }]);
});
