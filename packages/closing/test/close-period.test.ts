import { randomBytes } from "node:crypto";
import { isMeteringError } from "@metering/core";
import { MemoryStorage } from "@metering/storage-memory";
import { withFaults } from "@metering/storage-kit";
import { collect, storedKeys } from "@metering/test-helpers";
import { describe, expect, test } from "vitest";
import { closePeriod, late, readClosed, verifyClosed } from "../src/index.ts";
import { day, midnight, now, store, type TestRecord } from "./books.ts";

const most = 18_446_744_073_709_551_615n;

const record = (fields: Partial<TestRecord> = {}): TestRecord => ({
  timestamp: midnight,
  category: "gateway",
  selfId: "gw_1",
  data: [{ cluster_id: "lc-1", requests: 7, stored: { value: most, unit: "bytes" } }],
  by: "us",
  pageSizeBytes: 1_000_000,
  ...fields,
});

/** Random, so that Parquet cannot compress it. */
const incompressible = (): string => randomBytes(1_500_000).toString("base64");

const closedKeys = (storage: MemoryStorage): Promise<readonly string[]> => storedKeys(storage, "metering/closed/");

describe("what is closed", () => {
  test("sums beyond 2^64 are exact in manifests, rows and roll-ups, for each type of value", async () => {
    for (const values of ["uint64", "decimal"] as const) {
      await using storage = new MemoryStorage();
      for (const selfId of ["gw_1", "gw_2", "gw_3"]) await store(storage, record({ selfId }));
      await closePeriod(storage, { day, now, values, rollups: ["hour", "day"] });
      const closed = await readClosed(storage, { day });
      expect(closed.totals).toEqual([{ category: "gateway", meter: "stored", unit: "bytes", value: 3n * most }]);
      expect((await collect(closed.usage())).map(({ value }) => value)).toEqual([most, most, most]);
      expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
    }
  });

  test("plain numbers count where their unit is given, and stay attributes otherwise", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    await closePeriod(storage, { day, now, numbers: { requests: "count" } });
    const rows = await collect((await readClosed(storage, { day })).usage());
    expect(rows.map(({ meter, unit, value, attributes }) => [meter, unit, value, attributes])).toEqual([
      ["requests", "count", 7n, { cluster_id: "lc-1" }],
      ["stored", "bytes", most, { cluster_id: "lc-1" }],
    ]);
  });

  test("a record without usage is closed too: it is not late afterwards", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record({ data: [] }));
    const { days } = await closePeriod(storage, { day, now });
    expect(days[0]?.closings[0]).toMatchObject({ records: 1, totals: [], completeness: { states: { empty: 1 } } });
    expect(await collect(late(storage, { day }))).toEqual([]);
  });

  test("a day without records can be closed, and what comes then is late", async () => {
    await using storage = new MemoryStorage();
    await closePeriod(storage, { day, now });
    await store(storage, record());
    expect((await collect(late(storage, { day }))).map(({ kind }) => kind)).toEqual(["arrived"]);
    const { totals } = await closePeriod(storage, { day, now, late: true });
    expect(totals).toMatchObject([{ value: most }]);
  });

  test("the manifest says what was missing", async () => {
    await using storage = new MemoryStorage();
    for (const timestamp of [midnight, midnight + 180]) await store(storage, record({ timestamp }));
    const { days } = await closePeriod(storage, { day, now });
    expect(days[0]?.closings[0].completeness).toMatchObject({
      expected: "learned",
      states: { present: 2, missing: 2 },
      gaps: 1,
      ranges: [{ component: "gw_1", state: "missing", from: midnight + 60, to: midnight + 180 }],
    });
  });

  test("the manifest tells an incomplete minute from a missing one", async () => {
    await using storage = new MemoryStorage();
    for (const minute of [0, 1, 3]) {
      const data = Array.from({ length: 9 }, () => ({ a: { value: 1, unit: "u" } }));
      await store(storage, record({ timestamp: midnight + minute * 60, data, pageSizeBytes: 80 }));
    }
    const [part = ""] = (await storedKeys(storage)).filter((key) => key.endsWith("-1.json.gz")).slice(1);
    await storage.delete(part);
    const { days } = await closePeriod(storage, { day, now, incomplete: "skip" });
    expect(days[0]?.closings[0].completeness?.states).toMatchObject({ present: 2, incomplete: 1, missing: 1 });
  });

  test("more than fits into one file is stored in several, whose rows are all there", async () => {
    await using storage = new MemoryStorage();
    for (let minute = 0; minute < 40; minute++) {
      await store(
        storage,
        record({ timestamp: midnight + minute * 60, data: [{ note: incompressible(), a: { value: 1, unit: "u" } }] }),
      );
    }
    await closePeriod(storage, { day, now });
    const { days, totals } = await readClosed(storage, { day });
    const files = days[0]?.closings[0].files.filter(({ table }) => table === "usage") ?? [];
    expect(files.length).toBeGreaterThan(1);
    for (const { bytes } of files) expect(bytes).toBeLessThan(80 * 1024 * 1024);
    expect(totals).toMatchObject([{ value: 40n }]);
    expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
  }, 30_000);

  test("several days are closed each by itself, and read as one period", async () => {
    await using storage = new MemoryStorage();
    for (const index of [0, 1, 2]) await store(storage, record({ timestamp: midnight + index * 86_400 }));
    const period = { from: midnight, to: midnight + 3 * 86_400 };
    await closePeriod(storage, { ...period, now });
    const closed = await readClosed(storage, period);
    expect(closed.days.map((one) => one.day)).toEqual(["2025-08-22", "2025-08-23", "2025-08-24"]);
    await using counted = withFaults(storage, () => undefined);
    expect((await readClosed(counted, { from: midnight, to: midnight + 2 * 86_400 })).totals).toMatchObject([
      { value: 2n * most },
    ]);
    expect(counted.counts).toMatchObject({ list: 1, get: 2 });
    expect(closed.totals).toMatchObject([{ value: 3n * most }]);
  });
});

describe("a closed day stays closed", () => {
  test("closing it again reads no record and stores nothing", async () => {
    await using inner = new MemoryStorage();
    await store(inner, record());
    await closePeriod(inner, { day, now });
    const keys = await closedKeys(inner);
    await store(inner, record({ selfId: "gw_2" }));
    await using storage = withFaults(inner, ({ key }) =>
      key.startsWith("metering/ru/") ? { before: "unavailable" } : undefined,
    );
    const { totals } = await closePeriod(storage, { day, now });
    expect(totals).toMatchObject([{ value: most }]);
    expect(await closedKeys(inner)).toEqual(keys);
  });

  test("each addition says which closing it is, and takes back what was overwritten", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    await closePeriod(storage, { day, now });
    await store(storage, record({ data: [{ cluster_id: "lc-1", stored: { value: 5, unit: "bytes" } }] }));
    await store(storage, record({ selfId: "gw_2" }));
    const { days, totals } = await closePeriod(storage, { day, now, late: true });
    expect(totals).toMatchObject([{ value: most + 5n }]);
    expect(days[0]?.closings.map(({ number, records, replaced }) => [number, records, replaced])).toEqual([
      [0, 1, 0],
      [1, 2, 1],
    ]);
    expect(days[0]?.closings[1]?.totals).toMatchObject([{ value: 5n }]);
  });

  test("an addition has the columns and counts the numbers that its day was closed with", async () => {
    await using storage = new MemoryStorage();
    await closePeriod(storage, {
      day,
      now,
      numbers: { requests: "count" },
      attributes: ["cluster_id"],
      values: "decimal",
    });
    await store(storage, record());
    const { days, totals } = await closePeriod(storage, { day, now, late: true });
    expect(totals.map(({ meter, value }) => [meter, value])).toEqual([
      ["requests", 7n],
      ["stored", most],
    ]);
    expect(days[0]?.closings[1]).toMatchObject({ attributes: ["cluster_id"], values: "decimal" });
  });

  test("a record that is overwritten again and again counts as it is now, through more than ten additions", async () => {
    await using storage = new MemoryStorage();
    const overwrite = async (value: number): Promise<void> => {
      const data = [{ cluster_id: "lc-1", stored: { value, unit: "bytes" } }];
      for (const timestamp of [midnight, midnight + 60, midnight + 3600])
        await store(storage, record({ timestamp, data }));
    };
    await overwrite(0);
    await closePeriod(storage, { day, now });
    for (let value = 1; value <= 11; value++) {
      await overwrite(value);
      const { totals } = await closePeriod(storage, { day, now, late: true });
      expect(totals).toMatchObject([{ value: BigInt(3 * value) }]);
    }
    const { days } = await readClosed(storage, { day });
    expect(days[0]?.closings.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_, number) => number));
    expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
  });

  test("with nothing late, an addition stores nothing", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    await closePeriod(storage, { day, now });
    const keys = await closedKeys(storage);
    await closePeriod(storage, { day, now, late: true });
    expect(await closedKeys(storage)).toEqual(keys);
  });

  test("records that are removed from the bucket change nothing of what was closed", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    await closePeriod(storage, { day, now });
    for (const key of await storedKeys(storage, "metering/ru/")) await storage.delete(key);
    expect((await readClosed(storage, { day })).totals).toMatchObject([{ value: most }]);
    expect(await collect(late(storage, { day }))).toEqual([]);
    expect((await collect(verifyClosed(storage, { day }))).map(({ kind }) => kind)).toEqual(["missing"]);
  });

  test("looking for what arrived takes one listing of the records and downloads none", async () => {
    await using inner = new MemoryStorage();
    await store(inner, record());
    await closePeriod(inner, { day, now });
    await store(inner, record({ selfId: "gw_2" }));
    await using storage = withFaults(inner, ({ verb, key }) =>
      verb === "get" && key.startsWith("metering/ru/") ? { before: "unavailable" } : undefined,
    );
    expect(await collect(late(storage, { day, changed: false }))).toMatchObject([{ kind: "arrived", selfId: "gw_2" }]);
  });
});

describe("what cannot be closed is refused, and nothing is stored", () => {
  const refused = async (storage: MemoryStorage, promise: Promise<unknown>, code: string): Promise<void> => {
    await expect(promise).rejects.toSatisfy((error) => isMeteringError(error) && error.code === code);
    expect(await closedKeys(storage)).toEqual([]);
  };

  test("a day whose records may still come", async () => {
    await using storage = new MemoryStorage();
    const end = midnight + 86_400;
    await refused(storage, closePeriod(storage, { day, now: () => end + 3599 }), "period-open");
    await closePeriod(storage, { day, now: () => end + 3600 });
  });

  test("a day with an incomplete record, unless it may be left out; it is late when it is complete", async () => {
    await using storage = new MemoryStorage();
    await store(
      storage,
      record({ data: Array.from({ length: 9 }, () => ({ a: { value: 1, unit: "u" } })), pageSizeBytes: 80 }),
    );
    const part = (await storedKeys(storage)).find((key) => key.endsWith("-1.json.gz")) ?? "";
    const page = await storage.get(part);
    await storage.delete(part);
    await refused(storage, closePeriod(storage, { day, now }), "incomplete-record");
    const { days } = await closePeriod(storage, { day, now, incomplete: "skip" });
    expect(days[0]?.closings[0]).toMatchObject({ records: 0, skipped: 1, completeness: { states: { incomplete: 1 } } });
    await storage.put(part, page);
    const { totals } = await closePeriod(storage, { day, now, late: true });
    expect(totals).toMatchObject([{ value: 9n }]);
  });

  test("a self id's minute in two pools, at first and as a late record", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    await store(storage, record({ sharedPoolId: "pool-1" }));
    await refused(storage, closePeriod(storage, { day, now }), "duplicate-record");
    await closePeriod(storage, { day, now, duplicates: "include" });
    await store(storage, record({ sharedPoolId: "pool-2" }));
    await expect(closePeriod(storage, { day, now, late: true })).rejects.toMatchObject({ code: "duplicate-record" });
    const { totals } = await closePeriod(storage, { day, now, late: true, duplicates: "include" });
    expect(totals).toMatchObject([{ value: 3n * most }]);
  });

  test("an amount that cannot be counted, unless it may be left out", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record({ by: "go", data: [{ a: { value: -1, unit: "u" } }] }));
    await refused(storage, closePeriod(storage, { day, now }), "invalid-amount");
    const left: string[] = [];
    const { days } = await closePeriod(storage, { day, now, onFinding: ({ code }) => left.push(code) });
    expect(left).toEqual(["invalid-amount"]);
    expect(days[0]?.closings[0].skipped).toBe(1);
  });

  test.each([
    [{}],
    [{ day: "2025-02-29" }],
    [{ day: "2025-8-22" }],
    [{ day, from: midnight, to: midnight + 86_400 }],
    [{ from: midnight + 60, to: midnight + 86_400 }],
    [{ from: midnight + 86_400, to: midnight }],
    [{ day, attributes: ["category"] }],
    [{ day, attributes: ["a", "A"] }],
    [{ day, attributes: ["Minute"] }],
    [{ day, nmubers: {} }],
  ])("options that break a rule: %j", async (options) => {
    await using storage = new MemoryStorage();
    // @ts-expect-error -- what a caller without types may pass
    await refused(storage, closePeriod(storage, { now, ...options }), "invalid-argument");
  });

  test("reading, adding to and verifying a day that is not closed", async () => {
    await using storage = new MemoryStorage();
    const code = { code: "period-open" };
    await expect(readClosed(storage, { day })).rejects.toMatchObject(code);
    await expect(closePeriod(storage, { day, now, late: true })).rejects.toMatchObject(code);
    await expect(collect(late(storage, { day }))).rejects.toMatchObject(code);
    await expect(collect(verifyClosed(storage, { day }))).rejects.toMatchObject(code);
  });

  test("a closing that fails half-way removes what it stored", async () => {
    await using inner = new MemoryStorage();
    await store(inner, record());
    await using storage = withFaults(inner, ({ verb, key }) =>
      verb === "put" && key.includes("/sources/") ? { before: "out-of-space" } : undefined,
    );
    await refused(inner, closePeriod(storage, { day, now }), "out-of-space");
    expect(storage.counts.put).toBe(2);
  });

  test("an aborted closing rejects with the reason and leaves nothing", async () => {
    await using storage = new MemoryStorage();
    await store(storage, record());
    const controller = new AbortController();
    const closing = closePeriod(storage, {
      day,
      now,
      signal: controller.signal,
      onProgress: () => controller.abort("enough"),
    });
    await expect(closing).rejects.toBe("enough");
    expect(await closedKeys(storage)).toEqual([]);
  });
});
