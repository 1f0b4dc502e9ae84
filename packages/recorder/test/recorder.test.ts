import { componentOf, isMeteringError, isMeteringValue, MeteringError } from "@metering/core";
import { Recorder, type LostMinute, type RecorderOptions } from "@metering/recorder";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pass, start, step, useClock } from "./clock.ts";
import { createMemorySink, type MemorySink } from "./memory-sink.ts";

const minute = 60_000;
const options: RecorderOptions = { category: "gateway", component: "gw-01", stamp: "start" };
const away = new MeteringError("unavailable", "The store is away.");

let sink: MemorySink;

beforeEach(() => {
  useClock();
  sink = createMemorySink();
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (more: Partial<RecorderOptions> = {}): Recorder => new Recorder(sink, { ...options, ...more });
const minutesOf = (of: MemorySink): number[] => of.records.map(({ timestamp }) => timestamp - start / 1000);
const dataOf = (of: MemorySink): unknown[] => of.records.map(({ data }) => data);

describe("a minute", () => {
  it("becomes one record with a row for each set of attributes", async () => {
    const recorder = open({ attributes: { version: "1" } });
    const requests = recorder.counter("requests");
    const bytes = recorder.counter("bytes", { unit: "bytes" });
    requests.add({ cluster_id: "c-1", kind: "read" });
    requests.add({ kind: "read", cluster_id: "c-1" }, 5n);
    bytes.add({ cluster_id: "c-1", kind: "read" }, 1024);
    bytes.add({ cluster_id: "c-2" }, 2n ** 64n - 1n);
    await pass(minute);
    expect(sink.records).toStrictEqual([
      {
        timestamp: start / 1000,
        category: "gateway",
        selfId: recorder.status().selfId,
        data: [
          { version: "1", cluster_id: "c-1", kind: "read", requests: 6, bytes: { value: 1024, unit: "bytes" } },
          { version: "1", cluster_id: "c-2", bytes: { value: 2n ** 64n - 1n, unit: "bytes" } },
        ],
      },
    ]);
    expect(componentOf(recorder.status().selfId)).toBe("gw_01");
  });

  it.each([
    ["start", 0],
    ["end", 60],
  ] as const)("is stamped with its %s", async (stamp, seconds) => {
    const recorder = open({ stamp });
    recorder.counter("requests").add({ id: "a" });
    await pass(minute - 1);
    expect(sink.records).toHaveLength(0);
    await pass(1);
    expect(minutesOf(sink)).toStrictEqual([seconds]);
    await recorder.close();
  });

  it("without usage is an empty record, so that a missing record means trouble", async () => {
    const recorder = open();
    await pass(3 * minute);
    expect(minutesOf(sink)).toStrictEqual([0, 60, 120]);
    expect(dataOf(sink)).toStrictEqual([[], [], []]);
    await recorder.close();
  });

  it("gets everything counted before its end, even if its timer is late", async () => {
    const requests = open().counter("requests");
    requests.add({ id: "a" });
    step(start + minute - 1);
    requests.add({ id: "a" });
    step(start + minute);
    requests.add({ id: "a" }, 10);
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([[{ id: "a", requests: 2 }], [{ id: "a", requests: 10 }]]);
  });

  it("is written again with the same content until it is stored, and never merged into another", async () => {
    const requests = open().counter("requests");
    sink.failure = away;
    requests.add({ id: "a" });
    await pass(minute);
    requests.add({ id: "a" }, 2);
    await pass(2 * minute);
    expect(sink.records).toHaveLength(0);
    const tries = sink.attempts.filter(({ timestamp }) => timestamp === start / 1000);
    expect(tries.length).toBeGreaterThan(3);
    for (const attempt of tries) expect(attempt.data).toStrictEqual([{ id: "a", requests: 1 }]);
    sink.failure = undefined;
    await pass(minute);
    expect(new Map(sink.records.map(({ timestamp, data }) => [timestamp - start / 1000, data]))).toStrictEqual(
      new Map([
        [0, [{ id: "a", requests: 1 }]],
        [60, [{ id: "a", requests: 2 }]],
        [120, []],
        [180, []],
      ]),
    );
  });
});

describe("a clock", () => {
  it("that steps back reopens no minute", async () => {
    const recorder = open();
    const requests = recorder.counter("requests");
    await pass(minute);
    requests.add({ id: "a" });
    step(start - 10 * minute);
    requests.add({ id: "a" });
    await pass(11 * minute);
    expect(minutesOf(sink)).toStrictEqual([0]);
    await pass(minute);
    expect(minutesOf(sink)).toStrictEqual([0, 60]);
    expect(dataOf(sink)).toStrictEqual([[], [{ id: "a", requests: 2 }]]);
    await recorder.close();
  });

  it.each([3 * minute, 24 * 60 * minute])("that jumps forward by %s ms skips the minutes between", async (leap) => {
    const recorder = open();
    const requests = recorder.counter("requests");
    requests.add({ id: "a" });
    step(start + leap);
    requests.add({ id: "a" }, 2);
    await pass(minute);
    await recorder.close();
    expect(minutesOf(sink).slice(0, 2)).toStrictEqual([0, leap / 1000]);
    expect(dataOf(sink).slice(0, 2)).toStrictEqual([[{ id: "a", requests: 1 }], [{ id: "a", requests: 2 }]]);
  });

  it("with any steps never gives two minutes the same timestamp, and loses nothing counted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.record({ add: fc.integer({ min: 1, max: 5 }) }),
            fc.record({ pass: fc.integer({ min: 0, max: 200_000 }) }),
            fc.record({ step: fc.integer({ min: -300_000, max: 7_200_000 }) }),
          ),
          { maxLength: 30 },
        ),
        async (events) => {
          step(start);
          sink = createMemorySink();
          const recorder = open({ maxWaitingMinutes: 10_000 });
          const requests = recorder.counter("requests");
          let expected = 0;
          for (const event of events) {
            if ("add" in event) {
              requests.add({ id: "a" }, event.add);
              expected += event.add;
            } else if ("pass" in event) await pass(event.pass);
            else step(Date.now() + event.step);
          }
          const closing = recorder.close();
          await pass(1000);
          await closing;
          const minutes = minutesOf(sink).sort((a, b) => a - b);
          expect(new Set(minutes).size).toBe(minutes.length);
          const counted = sink.records.flatMap(({ data }) => data.map((element) => Number(element["requests"])));
          expect(counted.reduce((sum, value) => sum + value, 0)).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("amounts", () => {
  it("are exactly the sums, last and largest values of a naive count", async () => {
    const amount = fc.oneof(
      fc.nat(),
      fc.bigInt({ min: 0n, max: 2n ** 60n }),
      fc.constantFrom(2 ** 53 - 1, 2n ** 53n, 2n ** 64n - 1n, 0, 0n),
    );
    const use = fc.record({ id: fc.constantFrom("a", "b", "c"), viaRow: fc.boolean(), amount });
    await fc.assert(
      fc.asyncProperty(fc.array(use, { maxLength: 50 }), async (uses) => {
        step(start);
        sink = createMemorySink();
        const recorder = open();
        const sum = recorder.counter("sum", { unit: "u" });
        const last = recorder.gauge("last", { unit: "u", keep: "last" });
        const max = recorder.gauge("max", { unit: "u", keep: "max" });
        const rows = new Map(["a", "b", "c"].map((id) => [id, sum.row({ id })]));
        const expected = new Map<string, { sum?: bigint; last: bigint; max: bigint }>();
        for (const { id, viaRow, amount: given } of uses) {
          const before = expected.get(id);
          const total = (before?.sum ?? 0n) + BigInt(given);
          const value = BigInt(given);
          const now = { last: value, max: before !== undefined && before.max > value ? before.max : value };
          if (total < 2n ** 64n) {
            if (viaRow) rows.get(id)?.add(given);
            else sum.add({ id }, given);
            expected.set(id, { ...now, sum: total });
          } else {
            expect(() => sum.add({ id }, given)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
            expected.set(id, { ...now, ...(before?.sum === undefined ? {} : { sum: before.sum }) });
          }
          last.observe({ id }, given);
          max.observe({ id }, given);
        }
        const closing = recorder.close();
        await pass(1000);
        await closing;
        const found = new Map(
          sink.records.flatMap(({ data }) =>
            data.map((element) => {
              const valueOf = (name: string): bigint | undefined => {
                const property = element[name];
                return isMeteringValue(property) ? BigInt(property.value) : undefined;
              };
              return [element["id"], { last: valueOf("last"), max: valueOf("max"), sum: valueOf("sum") }];
            }),
          ),
        );
        expect(found).toStrictEqual(
          new Map([...expected].map(([id, { last: l, max: m, sum: s }]) => [id, { last: l, max: m, sum: s }])),
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each([-1, -0, 1.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n, "1", null])(
    "of %s are rejected at once and change nothing",
    async (bad) => {
      const recorder = open();
      const requests = recorder.counter("requests");
      requests.add({ id: "a" }, 3);
      expect(() => requests.add({ id: "a" }, bad as number)).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
      expect(() => requests.row({ id: "a" }).add(bad as number)).toThrow();
      await pass(minute);
      expect(dataOf(sink)).toStrictEqual([[{ id: "a", requests: 3 }]]);
    },
  );
});

describe("attributes", () => {
  it("of other types, and those named as a meter or a fixed attribute, are refused", () => {
    const recorder = open({ attributes: { version: "1" } });
    const requests = recorder.counter("requests");
    for (const attributes of [
      { a: 1.5 },
      { a: null },
      { a: {} },
      { a: true },
      { a: "\ud800" },
      { requests: 1 },
      { version: "2" },
    ]) {
      expect(() => requests.add(attributes as never)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    }
    expect(recorder.status().rows).toBe(0);
  });

  it("differ by type, but not by order or by number and bigint", async () => {
    const requests = open().counter("requests");
    requests.add({ a: 1, b: "x" });
    requests.add({ b: "x", a: 1n });
    requests.add({ a: "1", b: "x" });
    requests.add({});
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([
      [{ a: 1, b: "x", requests: 2 }, { a: "1", b: "x", requests: 1 }, { requests: 1 }],
    ]);
  });

  it("changed later by the caller change no row", async () => {
    const requests = open().counter("requests");
    const attributes = { id: "a" };
    requests.add(attributes);
    attributes.id = "b";
    requests.add(attributes);
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([
      [
        { id: "a", requests: 1 },
        { id: "b", requests: 1 },
      ],
    ]);
  });

  it("beyond the limit of rows are rejected, except those of known rows", async () => {
    const recorder = open({ maxRows: 2 });
    const requests = recorder.counter("requests");
    requests.add({ id: 1 });
    requests.add({ id: 2 });
    const third = requests.row({ id: 3 });
    expect(() => requests.add({ id: 3 })).toThrow(expect.objectContaining({ code: "too-large" }));
    expect(() => third.add()).toThrow(expect.objectContaining({ code: "too-large" }));
    requests.add({ id: 1 });
    await pass(minute);
    third.add();
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([
      [
        { id: 1, requests: 2 },
        { id: 2, requests: 1 },
      ],
      [{ id: 3, requests: 1 }],
    ]);
  });
});

describe("observers", () => {
  it("are read once a minute, and their values belong to the minute that ends", async () => {
    const recorder = open();
    const connections = recorder.gauge("connections", { keep: "last" });
    let asked = 0;
    const remove = recorder.addObserver(() => connections.observe({}, ++asked));
    await pass(2 * minute);
    remove();
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([[{ connections: 1 }], [{ connections: 2 }], []]);
  });

  it("that fail do not stop recording", async () => {
    const error = vi.fn<(message: string) => void>();
    const recorder = open({ logger: { ...console, error } });
    recorder.addObserver(() => {
      throw new Error("broken");
    });
    recorder.counter("requests").add({});
    await pass(minute);
    expect(dataOf(sink)).toStrictEqual([[{ requests: 1 }]]);
    expect(error).toHaveBeenCalledOnce();
  });
});

describe("while the sink is unavailable", () => {
  it("minutes are queued up to the limit, then counting is rejected until one is stored", async () => {
    const recorder = open({ maxWaitingMinutes: 2 });
    const requests = recorder.counter("requests");
    sink.failure = away;
    for (let i = 0; i < 2; i++) {
      requests.add({ i });
      await pass(minute);
    }
    expect(() => requests.add({ i: 3 })).toThrow(expect.objectContaining({ code: "out-of-space", cause: away }));
    expect(recorder.status()).toMatchObject({ waiting: [{ rows: 1 }, { rows: 1 }], lastError: away });
    await pass(10 * minute);
    expect(recorder.status().waiting).toHaveLength(2);
    sink.failure = undefined;
    await pass(minute);
    requests.add({ i: 4 });
    await pass(minute);
    expect(new Set(minutesOf(sink).slice(0, 2))).toStrictEqual(new Set([0, 60]));
    expect(new Set(dataOf(sink).flat())).toStrictEqual(new Set([0, 1, 4].map((i) => ({ i, requests: 1 }))));
  });

  it("the oldest minute is dropped and reported if the caller chose that", async () => {
    const lost: LostMinute[] = [];
    const recorder = open({ maxWaitingMinutes: 2, whenFull: "drop", onLost: (one) => lost.push(one) });
    const requests = recorder.counter("requests");
    sink.failure = away;
    for (let i = 0; i < 4; i++) {
      requests.add({ i });
      await pass(minute);
    }
    expect(lost.map(({ timestamp, rows }) => [timestamp - start / 1000, rows])).toStrictEqual([
      [0, 1],
      [60, 1],
    ]);
    sink.failure = undefined;
    await pass(minute / 2);
    await recorder.close();
    expect(new Set(minutesOf(sink).slice(0, 2))).toStrictEqual(new Set([120, 180]));
  });

  it("for 72 hours, everything is stored once it is available again", async () => {
    const hours = 72;
    const recorder = open({ maxWaitingMinutes: hours * 60 + 1 });
    const requests = recorder.counter("requests");
    sink.failure = away;
    for (let i = 0; i < hours * 60; i++) {
      requests.add({ id: "a" }, i);
      await pass(minute);
    }
    sink.failure = undefined;
    await pass(minute);
    expect(sink.records.length).toBeGreaterThanOrEqual(hours * 60);
    const counted = sink.records.flatMap(({ data }) => data.map((element) => Number(element["requests"])));
    const total = counted.reduce((sum, value) => sum + value, 0);
    expect(total).toBe(((hours * 60 - 1) * hours * 60) / 2);
  }, 60_000);

  it("a minute that the sink rejects permanently is reported, and does not block the others", async () => {
    const lost: LostMinute[] = [];
    const recorder = open({ onLost: (one) => lost.push(one) });
    recorder.counter("requests").add({ id: "a" });
    sink.failure = new MeteringError("already-exists", "Other content.");
    await pass(minute);
    sink.failure = undefined;
    await pass(minute);
    expect(lost).toMatchObject([{ timestamp: start / 1000, rows: 1, reason: { code: "already-exists" } }]);
    expect(minutesOf(sink)).toStrictEqual([60]);
    await recorder.close();
  });
});

describe("closing", () => {
  it("seals the open minute and stores it", async () => {
    const recorder = open();
    const requests = recorder.counter("requests");
    requests.add({ id: "a" });
    await recorder.close();
    expect(dataOf(sink)).toStrictEqual([[{ id: "a", requests: 1 }]]);
    expect(() => requests.add({ id: "a" })).toThrow(expect.objectContaining({ code: "closed" }));
    await recorder.close();
    await pass(5 * minute);
    expect(sink.records).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects on timeout with the minutes that are not stored", async () => {
    const recorder = open();
    recorder.counter("requests").add({ id: "a" });
    await pass(minute);
    sink.failure = away;
    recorder.counter("requests").add({ id: "a" });
    await pass(minute);
    const abort = new AbortController();
    const closing = recorder.close({ signal: abort.signal }).catch((error: unknown) => error);
    await pass(1000);
    abort.abort();
    const error = await closing;
    expect(isMeteringError(error, "unavailable")).toBe(true);
    expect(error).toMatchObject({ cause: away });
    expect(String(error)).toContain(String(start / 1000 + 60));
    expect(recorder.status().waiting.map(({ timestamp }) => timestamp)).toStrictEqual([
      start / 1000 + 60,
      start / 1000 + 120,
    ]);
    await pass(minute);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("two runs of a component", () => {
  it("in one minute never have the same record", async () => {
    const first = open();
    first.counter("requests").add({ id: "a" });
    await first.close();
    const second = open();
    second.counter("requests").add({ id: "a" }, 2);
    await second.close();
    expect(minutesOf(sink)).toStrictEqual([0, 0]);
    const [one, other] = sink.records;
    expect(one?.selfId).not.toBe(other?.selfId);
    expect(componentOf(one?.selfId ?? "")).toBe(componentOf(other?.selfId ?? "."));
  });
});

describe("meters and options", () => {
  it("with the same name are the same meter, and with another kind are rejected", () => {
    const recorder = open({ attributes: { version: 1 } });
    const requests = recorder.counter("requests", { unit: "requests" });
    requests.add({}, 1);
    recorder.counter("requests", { unit: "requests" }).add({}, 2);
    for (const make of [
      () => recorder.counter("requests"),
      () => recorder.gauge("requests", { unit: "requests", keep: "last" }),
      () => recorder.counter("version"),
      () => recorder.counter(""),
      () => recorder.counter("a", { unit: "" }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    }
  });

  it.each([
    { stamp: undefined },
    { stamp: "middle" },
    { category: "a/b" },
    { component: "" },
    { component: "---" },
    { attributes: { a: 1.5 } },
    { maxRows: 0 },
    { whenFull: "panic" },
    { colour: "red" },
  ])("%j are refused", (bad) => {
    expect(() => new Recorder(sink, { ...options, ...bad } as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});
