import { MeteringError, newSelfId, type ObjectStorage } from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { withFaults } from "@metering/storage-kit";
import { MemoryStorage } from "@metering/storage-memory";
import { collect, overriding } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { completeness, type CompletenessOptions, type CompletenessRange } from "@metering/closing";
import { componentOf, from, idOf, options, records, to } from "./fleets.ts";
import { naiveCompleteness } from "./naive-completeness.ts";
import { shapes, store, type ShapeName } from "./stored-shapes.ts";

const long = { now: () => to + 100_000 };
const gateway = (component: string) => ({ category: "gateway", component });

const sorted = (ranges: readonly CompletenessRange[]): readonly string[] =>
  ranges.map((range) => JSON.stringify(range)).toSorted();

/** Ranges in short: component, state, first minute and minute after the last one, counted from the start. */
async function look(storage: ObjectStorage, how: Partial<CompletenessOptions> = {}): Promise<readonly string[]> {
  const ranges = await collect(completeness(storage, { from, to, ...long, ...how }));
  return ranges.map((one) => `${one.component} ${one.state} ${(one.from - from) / 60}-${(one.to - from) / 60}`);
}

async function report(storage: ObjectStorage, selfId: string, ...minutes: readonly number[]): Promise<void> {
  for (const minute of minutes) {
    await store(storage, { timestamp: from + minute * 60, category: "gateway", selfId }, "single");
  }
}

describe("any fleet in a bucket", () => {
  const names = Object.keys(shapes) as ShapeName[];

  test.each([true, false])("is as in a table of every component and minute, with contents: %s", async (contents) => {
    await fc.assert(
      fc.asyncProperty(records(names), options, async (fleet, how) => {
        const disk = new MemoryStorage();
        let downloads = 0;
        for (const record of fleet) {
          const { files, hasFirst } = await store(disk, idOf(record), record.state);
          if (hasFirst && (contents || files > 1) && record.timestamp < how.openFrom) downloads++;
        }
        const known = fleet.map((one) => ({ ...one, state: shapes[one.state][contents ? "state" : "listed"] }));
        const storage = withFaults(disk, () => undefined);
        const found = completeness(storage, {
          from,
          to,
          expected: how.expected,
          now: () => how.openFrom + 600,
          grace: 600,
          componentOf,
          contents,
          concurrency: 3,
        });
        const expected = naiveCompleteness(known, how);
        expect(sorted(await collect(found))).toEqual(sorted(expected));
        expect(storage.counts).toMatchObject({ list: how.openFrom > from ? 1 : 0, get: downloads, head: 0 });

        const summary = await found.summary();
        const bad = ["missing", "incomplete", "duplicate", "open"];
        expect(summary.complete).toBe(how.openFrom === to && !expected.some(({ state }) => bad.includes(state)));
        expect(summary).toMatchObject({
          from,
          to,
          openFrom: how.openFrom,
          expected: how.expected === "learned" ? "learned" : "given",
          gaps: expected.filter(({ state }) => state === "missing").length,
          skipped: 0,
        });
      }),
      { numRuns: 150 },
    );
  });
});

describe("who is expected", () => {
  test("left out, it is learned: a gap is found, silence before and after is not", async () => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 1, 2, 5);
    expect(await look(storage)).toEqual(["gw_1 present 1-3", "gw_1 missing 3-5", "gw_1 present 5-6"]);
    const summary = await completeness(storage, { from, to, ...long }).summary();
    expect(summary).toMatchObject({ expected: "learned", components: 1, minutes: 8, gaps: 1, complete: false });
    expect(summary.states).toMatchObject({ present: 3, missing: 2 });
  });

  test("a list finds a component that never reported, and one whose name differs", async () => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2, 3, 4, 5, 6, 7);
    const expected = [gateway("gw_1"), gateway("gw_2")];
    expect(await look(storage, { expected })).toEqual(["gw_1 present 0-8", "gw_2 missing 0-8"]);
    expect(await look(storage, { expected: [gateway("gw_1")] })).toEqual(["gw_1 present 0-8"]);
  });

  test("a component that nobody expects has ranges where it reports, and no gaps", async () => {
    const storage = new MemoryStorage();
    await report(storage, "guest", 2, 4);
    expect(await look(storage, { expected: [] })).toEqual(["guest present 2-3", "guest present 4-5"]);
  });

  test("a filter by category is one for those expected too", async () => {
    const expected = [gateway("gw_1"), { category: "tikv", component: "kv_1" }];
    expect(await look(new MemoryStorage(), { category: "tikv", expected })).toEqual(["kv_1 missing 0-8"]);
    expect(await look(new MemoryStorage(), { category: "tikv", expected: () => expected })).toEqual([
      "kv_1 missing 0-8",
    ]);
  });

  test("a fleet that a function describes is expected as it was in each minute", async () => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2, 3);
    const expected = (minute: number) => (minute < from + 240 ? [gateway("gw_1")] : [gateway("gw_2")]);
    expect(await look(storage, { expected })).toEqual(["gw_1 present 0-4", "gw_2 missing 4-8"]);
  });
});

describe("components and runs", () => {
  test("a restart within a minute is no gap and no duplicate", async () => {
    const storage = new MemoryStorage();
    await report(storage, newSelfId("gw-1"), 0, 1, 2, 3);
    await report(storage, newSelfId("gw-1"), 3, 4, 5, 6, 7);
    expect(await look(storage, { expected: [gateway("gw_1")] })).toEqual(["gw_1 present 0-8"]);
  });

  test("UUIDs of a Go service are grouped by the caller's function", async () => {
    const storage = new MemoryStorage();
    await report(storage, "0b84b1c6_first", 0, 1);
    await report(storage, "77fe21aa_second", 4, 5);
    expect(await look(storage, { componentOf: () => "dxf" })).toEqual([
      "dxf present 0-2",
      "dxf missing 2-4",
      "dxf present 4-6",
    ]);
  });

  test("a minute in two pools is a duplicate, and with one of them asked for it is not", async () => {
    const storage = new MemoryStorage();
    const id = { timestamp: from, category: "gateway", selfId: "gw_1" };
    await store(storage, id, "single");
    await store(storage, { ...id, sharedPoolId: "pool-1" }, "single");
    expect(await look(storage)).toEqual(["gw_1 duplicate 0-1"]);
    expect(await look(storage, { sharedPoolId: "pool-1" })).toEqual(["gw_1 present 0-1"]);
  });
});

describe("minutes that are not over", () => {
  test.each([
    [0, 3600, "3-8"],
    [59, 3600, "3-8"],
    [60, 3600, "4-8"],
    [0, 0, "3-8"],
  ])("at %i s after the third minute's grace of %i s, open ones are %s", async (after, grace, open) => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2, 3, 4, 5, 6, 7);
    const now = (): number => from + 180 + grace + after;
    const until = open.slice(0, 1);
    expect(await look(storage, { now, grace })).toEqual([`gw_1 present 0-${until}`, `gw_1 open ${open}`]);
  });

  test("by default, a minute is open for an hour of the machine's clock", async () => {
    const current = Math.floor(Date.now() / 60_000) * 60;
    const range = { from: current - 7200, to: current + 60 };
    const { openFrom, complete } = await completeness(new MemoryStorage(), range).summary();
    expect([current - 3600, current - 3540]).toContain(openFrom);
    expect(complete).toBe(false);
  });
});

describe("findings", () => {
  const notes = `metering/ru/${from}/gateway/notes.txt`;
  const damaged = `metering/ru/${from + 60}/gateway/gw_1-0.json.gz`;

  async function damagedBucket(): Promise<ObjectStorage> {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2);
    await storage.put(notes, new Uint8Array());
    await storage.put(damaged, new TextEncoder().encode("not gzip at all"));
    return storage;
  }

  test("stop it, unless the caller is told of them: a damaged record is incomplete then", async () => {
    const storage = await damagedBucket();
    await expect(look(storage)).rejects.toMatchObject({ code: "unknown-key", key: notes });
    await storage.delete(notes);
    await expect(look(storage, { contents: true })).rejects.toMatchObject({ code: "invalid-format", key: damaged });

    await storage.put(notes, new Uint8Array());
    const findings: string[] = [];
    const onFinding = ({ code, key }: MeteringError): unknown => findings.push(`${code} ${key}`);
    const found = completeness(storage, { from, to, ...long, contents: true, onFinding });
    const states = (await collect(found)).map(({ state }) => state);
    expect(states).toEqual(["present", "incomplete", "present"]);
    expect(findings.toSorted()).toEqual([`invalid-format ${damaged}`, `unknown-key ${notes}`]);
    expect(await found.summary()).toMatchObject({ skipped: 2, complete: false });
  });

  test("are no record that is being written or overwritten: it is incomplete", async () => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2);
    const whole = await storage.get(damaged);
    await storage.put(damaged, whole.subarray(0, 30));
    const gone = `metering/ru/${from + 120}/gateway/gw_1-0.json.gz`;
    const vanishing = overriding(storage, {
      async get(key, how) {
        if (key === gone) throw new MeteringError("not-found", "It was there.", { key });
        return storage.get(key, how);
      },
    });
    expect(await look(vanishing, { contents: true })).toEqual(["gw_1 present 0-1", "gw_1 incomplete 1-3"]);
  });

  test("a failure of the storage always stops it", async () => {
    const storage = new MemoryStorage();
    await report(storage, "gw_1", 0, 1, 2);
    const failing = withFaults(storage, ({ verb }) => (verb === "get" ? { before: "unavailable" } : undefined));
    await expect(look(failing, { contents: true, onFinding: vi.fn() })).rejects.toMatchObject({ code: "unavailable" });
  });
});

test("an abort ends it with the signal's reason, and a loop that is left ends all requests", async () => {
  const disk = new MemoryStorage();
  for (let component = 0; component < 20; component++) await report(disk, `gw_${component}`, 0, 2, 4, 6);
  const reason = new Error("enough");
  const abort = new AbortController();
  const aborted = completeness(disk, { from, to, ...long, signal: abort.signal, contents: true });
  const reading = (async () => {
    for await (const _ of aborted) abort.abort(reason);
  })();
  await expect(reading).rejects.toBe(reason);
  await expect(aborted.summary()).rejects.toBe(reason);

  // A listing that hangs ends with the signal too.
  const hanging = withFaults(disk, ({ verb }) => (verb === "list" ? { delayMs: 2 ** 30 } : undefined));
  await expect(look(hanging, { signal: AbortSignal.timeout(1) })).rejects.toThrow(/timeout/);

  const storage = withFaults(disk, () => undefined);
  for await (const _ of completeness(storage, { from, to, ...long, contents: true, concurrency: 2 })) break;
  // The first range is known after the second minute that has reports, at the first record of it.
  expect(storage.counts.get).toBeLessThanOrEqual(23);
});

test("real files of the Go SDK are unknown, and none is missing or incomplete", async () => {
  const storage = new MemoryStorage();
  const { readFile } = await import("node:fs/promises");
  for (const { root, files } of goTrees) {
    for (const { key } of files) await storage.put(key, await readFile(`${root}/${key}`));
  }
  const range = { from: 60, to: 1_755_900_000, ...long, componentOf: ({ selfId }: { selfId: string }) => selfId };
  const { states } = await completeness(storage, { ...range, contents: true }).summary();
  expect(states.unknown + states.duplicate).toBeGreaterThan(10);
  expect(states).toMatchObject({ present: 0, empty: 0, incomplete: 0 });
});

test("what a writer of ours wrote in several pages is present, and empty where it has no element", async () => {
  const storage = new MemoryStorage();
  const writer = new MeteringWriter(storage, { pageSizeBytes: 1 });
  const id = { category: "gateway", selfId: "gw_1" };
  await writer.write({ ...id, timestamp: from, data: [{ a: 1 }, { a: 2 }, { a: 3 }] });
  await writer.write({ ...id, timestamp: from + 60, data: [] });
  expect(await look(storage, { contents: true })).toEqual(["gw_1 present 0-1", "gw_1 empty 1-2"]);
});

test.each([
  [{ from: from + 1 }],
  [{ from: to, to: from }],
  [{ category: "a/b" }],
  [{ expected: ["gw_1"] }],
  [{ expected: [{ category: "gateway" }] }],
  [{ expected: [{ category: "a/b", component: "gw_1" }] }],
  [{ grace: -1 }],
  [{ concurrency: 0 }],
  [{ contents: "yes" }],
  [{ selfId: "gw_1" }],
])("refuses %j before anything is read", (wrong) => {
  const storage = new MemoryStorage();
  const given: CompletenessOptions = { from, to, ...wrong } as never;
  expect(() => completeness(storage, given)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

test("refuses what functions give: milliseconds of a clock, and no list", async () => {
  const storage = new MemoryStorage();
  const wrong: readonly Partial<CompletenessOptions>[] = [{ now: Date.now }, { expected: () => ["gw_1"] as never }];
  for (const how of wrong) {
    await expect((async () => look(storage, how))()).rejects.toMatchObject({ code: "invalid-argument" });
  }
});
