import { once } from "node:events";
import { isMeteringError, type MeteringElement, type ObjectStorage } from "@metering/core";
import { MeteringReader, type ScanOptions, type ScanRange } from "@metering/reader";
import { withFaults } from "@metering/storage-kit";
import { MeteringWriter } from "@metering/writer";
import { describe, expect, it, vi } from "vitest";
import { collect, createStorage, overriding } from "./disk.ts";

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

async function scannedKeys(storage: ObjectStorage, of: ScanRange, options?: ScanOptions): Promise<string[]> {
  const pages = await collect(new MeteringReader(storage).scan(of, options));
  return pages.map(({ key }) => key.replace("metering/ru/", "").replace(".json.gz", ""));
}

describe("a scan", () => {
  it("gives every page from the first minute to before the last, in a stable order", async () => {
    const storage = createStorage();
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
  });

  it("crosses the day on which timestamps got a digit more", async () => {
    const storage = createStorage();
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
    const disk = createStorage();
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
    const disk = createStorage();
    for (let minute = 0; minute < 60; minute++) await write(disk, { minute });
    const storage = withFaults(disk, () => undefined);
    expect(await scannedKeys(storage, range(0, 60))).toHaveLength(60);
    expect(storage.counts).toMatchObject({ list: 1, get: 60, head: 0 });
  });

  it("leaps over what a filter leaves out, where reading on would cost more requests", async () => {
    const disk = createStorage();
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

  it("reads ahead, but not further than its concurrency, and stops when its consumer does", async () => {
    const disk = createStorage();
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

  it("gives pages as they arrive where their order does not matter, each once", async () => {
    const disk = createStorage();
    for (let minute = 0; minute < 20; minute++) await write(disk, { minute });
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
    for await (const { timestamp } of scan) {
      minutes.push((timestamp - start) / 60);
      if (minutes.length === 19) others.abort();
    }
    expect(minutes.at(-1)).toBe(0);
    expect(minutes.sort((a, b) => a - b)).toStrictEqual(Array.from({ length: 20 }, (_, minute) => minute));
  });

  it("ends with the signal's reason, before or while it runs", async () => {
    const storage = createStorage();
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

  it("gives single elements with the page they are of", async () => {
    const storage = createStorage();
    await write(storage, { minute: 0, count: 5 }, { minute: 1, count: 1 });
    const entries = await collect(new MeteringReader(storage).scan(range(0, 2)).entries());
    expect(entries.map((entry) => [entry.page.timestamp, entry.element["n"]])).toStrictEqual([
      ...[0, 1, 2, 3, 4].map((n) => [start, n]),
      [start + 60, 0],
    ]);
  });

  it("leaves out files that are no pages, with a warning", async () => {
    const storage = createStorage();
    await write(storage, { minute: 0 });
    await storage.put(`metering/ru/${start}/tidb-server/notes.txt`, new Uint8Array());
    await storage.put(`metering/ru/${start}/tidb-server/b-00.json.gz`, new Uint8Array());
    const warn = vi.fn<(message: string) => void>();
    const reader = new MeteringReader(storage, { logger: { ...console, warn } });
    expect(await collect(reader.scan(range(0, 1)))).toHaveLength(1);
    expect(warn).toHaveBeenCalledTimes(2);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("notes.txt"));
  });

  it.each([
    { from: start, to: start },
    { from: start + 60, to: start },
    { from: start + 1, to: start + 60 },
    { from: 0, to: 60 },
    { from: start, to: start + 60, category: "a/b" },
    { from: start, to: start + 60, pool: "misspelt" },
  ])("of %j is refused", (bad) => {
    expect(() => new MeteringReader(createStorage()).scan(bad)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

describe("damage", () => {
  const damaged = `metering/ru/${start + 60}/tidb-server/a-0.json.gz`;

  async function createDamaged(): Promise<ObjectStorage> {
    const storage = createStorage();
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

  it("costs only that file where the caller takes the error", async () => {
    const errors: unknown[] = [];
    const reader = new MeteringReader(await createDamaged());
    const options: ScanOptions = { onDamaged: (error) => errors.push(error) };
    expect(await collect(reader.scan(range(0, 3), options))).toHaveLength(2);
    expect(await collect(reader.scan(range(0, 3), options).records())).toHaveLength(2);
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

  it("of one page costs its record, which is not given in part", async () => {
    const storage = createStorage();
    await write(storage, { minute: 0, count: 12 }, { minute: 1 });
    await storage.put(`metering/ru/${start}/tidb-server/a-3.json.gz`, Buffer.from("not a page"));
    const errors: unknown[] = [];
    const records = await collect(
      new MeteringReader(storage).scan(range(0, 2), { onDamaged: (error) => errors.push(error) }).records(),
    );
    expect(records.map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
    expect(errors).toHaveLength(1);
  });

  it("is not what a failing storage is taken for", async () => {
    const storage = withFaults(await createDamaged(), ({ verb }) =>
      verb === "get" ? { before: "unavailable" } : undefined,
    );
    await expect(scannedKeys(storage, range(0, 3), { onDamaged: () => {} })).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

describe("whole records", () => {
  const id = { timestamp: start, category: "tidb-server", selfId: "a" };
  const part = (n: number): string => `metering/ru/${start}/tidb-server/a-${n}.json.gz`;

  it("have all their parts in numeric order and their elements in written order", async () => {
    const storage = createStorage();
    await write(storage, { minute: 0, count: 25 }, { minute: 0, selfId: "b" }, { minute: 1, count: 3 });
    const reader = new MeteringReader(storage);
    const records = await collect(reader.scan(range(0, 2)).records());
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
    const storage = createStorage();
    await write(storage, { minute: 0, count: 6 }, { minute: 1 });
    const file = await storage.get(part(missing));
    await storage.delete(part(missing));
    const reader = new MeteringReader(storage);
    const scan = reader.scan(range(0, 2));
    await expect(reader.readRecord(id)).rejects.toMatchObject({ code: "incomplete-record" });
    await expect(collect(scan.records())).rejects.toMatchObject({ code: "incomplete-record" });
    expect((await collect(scan.records({ incomplete: "skip" }))).map(({ timestamp }) => timestamp)).toStrictEqual([
      start + 60,
    ]);

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const waiting = collect(scan.records({ incomplete: "wait" }));
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await storage.put(part(missing), file);
      await vi.advanceTimersByTimeAsync(1000);
      expect((await waiting).map(({ data }) => data.length)).toStrictEqual([6, 1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("that are waited for end with the signal", async () => {
    const abort = new AbortController();
    const waiting = new MeteringReader(createStorage()).readRecord(id, { incomplete: "wait", signal: abort.signal });
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it("that are not there at all are not found", async () => {
    await expect(new MeteringReader(createStorage()).readRecord(id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("are never given in part while they are written, read at any moment", async () => {
    for (let moment = 1; moment <= 16; moment++) {
      const disk = createStorage();
      const reader = new MeteringReader(disk);
      let call = 0;
      const seen: (number | undefined)[] = [];
      const storage = overriding(disk, {
        async put(...args: Parameters<ObjectStorage["put"]>) {
          if (++call === moment) {
            const records = await collect(reader.scan(range(0, 1)).records({ incomplete: "skip" }));
            seen.push(...records.map(({ data }) => data.length));
          }
          return disk.put(...args);
        },
      });
      await new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data: elements(15) });
      expect(seen.every((length) => length === 15)).toBe(true);
    }
  });

  it("are never given with pages of two writes while they are overwritten, at any moment of reading", async () => {
    const lengths = new Set<number>();
    for (let moment = 1; moment <= 20; moment++) {
      const disk = createStorage();
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

  it("that a listing under way saw only in part are listed again", async () => {
    const disk = createStorage();
    await write(disk, { minute: 0, count: 3 });
    let lists = 0;
    const hasty = overriding(disk, {
      async *list(...args: Parameters<ObjectStorage["list"]>) {
        const first = ++lists === 1;
        for await (const info of disk.list(...args)) if (!first || info.key === part(0)) yield info;
      },
    });
    const [record] = await collect(new MeteringReader(hasty).scan(range(0, 1)).records());
    expect(record?.data).toStrictEqual(elements(3));
    lists = 0;
    expect((await new MeteringReader(hasty).readRecord(id)).data).toStrictEqual(elements(3));
  });
});
