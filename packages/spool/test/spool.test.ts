import { hostname } from "node:os";
import { MeteringError, type MeteringRecord, type ObjectStorage } from "@metering/core";
import { MetaReader } from "@metering/reader";
import { Recorder } from "@metering/recorder";
import { Spool, type SpoolOptions } from "@metering/spool";
import { withFaults, type Fault } from "@metering/storage-kit";
import { MeteringWriter } from "@metering/writer";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { overriding, storedKeys as keysOf } from "@metering/test-helpers";
import { recordsOf, start } from "./records.ts";

let folder: ObjectStorage;
let target: ObjectStorage;
const spools: Spool[] = [];

beforeEach(() => {
  folder = new MemoryStorage();
  target = new MemoryStorage();
});
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
});

function open(to: ObjectStorage = target, options: SpoolOptions = {}): Spool {
  const spool = new Spool(folder, to, { pollMs: 20, ...options });
  spools.push(spool);
  return spool;
}

const recordOf = (minute: number, count = 3, selfId = "gw01"): MeteringRecord => ({
  timestamp: start + minute * 60,
  category: "gateway",
  selfId,
  data: Array.from({ length: count }, (_, i) => ({ id: `c-${i}`, requests: { value: 1, unit: "requests" } })),
});

/** A target that fails as told until `mend` is called. */
function failing(fault: Fault): { readonly storage: ObjectStorage; mend(): void } {
  let isBroken = true;
  return {
    storage: withFaults(target, () => (isBroken ? fault : undefined)),
    mend: () => {
      isBroken = false;
    },
  };
}

describe("a record", () => {
  it("that is kept is in the folder under its own key, then in the target, byte for byte", async () => {
    const away = failing({ before: "unavailable" });
    const spool = open(away.storage, { writer: { pageSizeBytes: 60 } });
    const { parts } = await spool.write(recordOf(0, 10));
    const kept = await recordsOf(folder);
    expect(kept).toHaveLength(1);
    const files = await Promise.all(parts.map(({ key }) => folder.get(key)));
    expect(await keysOf(target, "")).toStrictEqual([]);

    away.mend();
    await spool.drain();
    expect(await recordsOf(target)).toStrictEqual(kept);
    for (const [i, { key }] of parts.entries()) expect(await target.get(key)).toStrictEqual(files[i]);
    expect(await keysOf(folder, "metering/")).toStrictEqual([]);
  });

  it("and metadata are shipped by the next process after the previous one ended", async () => {
    const away = failing({ before: "unavailable" });
    const first = open(away.storage);
    await first.write(recordOf(0));
    await first.writeMetadata({ type: "logic", clusterId: "c-1", modifyTs: start, metadata: { owner: "a" } });
    await first.close();
    const second = open();
    await second.drain();
    expect(await recordsOf(target)).toHaveLength(1);
    expect((await new MetaReader(target).readByType("c-1", "logic", start))?.metadata).toStrictEqual({ owner: "a" });
    expect(await keysOf(folder, "metering/")).toStrictEqual([]);
  });

  it("is kept once, however often it is written and shipped, and whichever responses are lost", async () => {
    const lossy = withFaults(target, ({ verb, count }) =>
      verb === "put" && count % 2 === 1 ? { after: "timeout" } : undefined,
    );
    const spool = open(lossy);
    for (let i = 0; i < 3; i++) {
      await spool.write(recordOf(0));
      await spool.drain();
    }
    expect(await recordsOf(target)).toHaveLength(1);
    expect((await spool.status()).parked).toBe(0);
  });

  it("of which only pages are in the folder, because its write was interrupted, is not shipped", async () => {
    const interrupted = withFaults(folder, ({ verb, key }) =>
      verb === "put" && key.endsWith("-0.json.gz") ? { before: "out-of-space" } : undefined,
    );
    await new MeteringWriter(interrupted, { pageSizeBytes: 60 }).write(recordOf(0, 10)).catch(() => {});
    const spool = open();
    await spool.write(recordOf(1));
    await spool.drain();
    expect((await recordsOf(target)).map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
  });
});

describe("while the target is unavailable", () => {
  it("everything is queued in the order of minutes and shipped once it is available again", async () => {
    const errors: string[] = [];
    const away = failing({ before: "unavailable" });
    const logger = { ...console, debug: () => {}, error: (m: string) => errors.push(m), info: () => {} };
    const spool = open(away.storage, { logger, concurrency: 1 });
    for (let minute = 0; minute < 100; minute++) await spool.write(recordOf(minute));
    await vi.waitFor(async () => expect((await spool.status()).lastFailure).toBeDefined());
    expect(await spool.status()).toMatchObject({
      waiting: 100,
      oldestTimestamp: start,
      parked: 0,
      lastSuccess: undefined,
    });
    // A change for the worse is told once.
    expect(errors).toHaveLength(1);
    away.mend();
    await spool.drain();
    expect(await recordsOf(target)).toHaveLength(100);
    expect(await spool.status()).toMatchObject({ waiting: 0, waitingBytes: 0, oldestTimestamp: undefined });
  });

  it.each(["permission-denied", "bucket-not-found", "unauthenticated", "throttled"] as const)(
    "or rejects with %s, which an operator can fix, nothing is parked",
    async (code) => {
      const away = failing({ before: code });
      const spool = open(away.storage);
      await spool.write(recordOf(0));
      await vi.waitFor(async () => expect((await spool.status()).lastFailure).toBeDefined());
      expect(await spool.status()).toMatchObject({ waiting: 1, parked: 0 });
      away.mend();
      await spool.drain();
      expect(await recordsOf(target)).toHaveLength(1);
    },
  );
});

describe("what can never be shipped", () => {
  it("because the target has other content is parked with the reason, and blocks nothing", async () => {
    await new MeteringWriter(target).write({ ...recordOf(50), data: [{ id: "other" }] });
    const logger = { ...console, error: vi.fn<(message: string) => void>() };
    const spool = open(target, { logger });
    const count = 300;
    for (let minute = 0; minute < count; minute++) await spool.write(recordOf(minute, 1));
    await spool.drain();
    expect(await recordsOf(target)).toHaveLength(count);
    expect((await recordsOf(target))[50]?.data).toStrictEqual([{ id: "other" }]);
    expect(await spool.status()).toMatchObject({ waiting: 0, parked: 1 });
    expect(logger.error).toHaveBeenCalledWith(expect.stringContaining("parked"));
    const [file = "", reason = ""] = (await keysOf(folder, "spool/parked/")).toSorted((a, b) => a.length - b.length);
    expect(JSON.parse(new TextDecoder().decode(await folder.get(reason)))).toMatchObject({ code: "already-exists" });
    expect(file).toBe(`spool/parked/metering/ru/${start + 3000}/gateway/gw01-0.json.gz`);
  });

  it("because its file is damaged is parked, never shipped", async () => {
    await new MeteringWriter(folder, { pageSizeBytes: 60 }).write(recordOf(0, 10));
    await folder.put(`metering/ru/${start}/gateway/gw01-1.json.gz`, new TextEncoder().encode("damaged"));
    await new MeteringWriter(folder).write(recordOf(1));
    const spool = open();
    await spool.drain();
    expect((await recordsOf(target)).map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
    expect((await spool.status()).parked).toBe(1);
  });
});

it("a record with a page removed from the disk is parked, and blocks nothing", async () => {
  await new MeteringWriter(folder, { pageSizeBytes: 60 }).write(recordOf(0, 10));
  await folder.delete(`metering/ru/${start}/gateway/gw01-1.json.gz`);
  await new MeteringWriter(folder).write(recordOf(1));
  const spool = open();
  await spool.drain();
  expect((await recordsOf(target)).map(({ timestamp }) => timestamp)).toStrictEqual([start + 60]);
  expect((await spool.status()).parked).toBe(1);
});

describe("a full disk", () => {
  it("rejects the record, keeps what it has, and accepts records again when there is room", async () => {
    let isFull = false;
    const disk = withFaults(folder, ({ verb, key }) =>
      isFull && verb === "put" && key.startsWith("metering/") ? { before: "out-of-space" } : undefined,
    );
    const away = failing({ before: "unavailable" });
    const spool = new Spool(disk, away.storage, { pollMs: 20 });
    spools.push(spool);
    await spool.write(recordOf(0));
    isFull = true;
    await expect(spool.write(recordOf(1))).rejects.toMatchObject({ code: "out-of-space" });
    isFull = false;
    await spool.write(recordOf(1));
    away.mend();
    await spool.drain();
    expect(await recordsOf(target)).toHaveLength(2);
  });

  it("that is read-only rejects the record, and its records are shipped once it is writable again", async () => {
    await new MeteringWriter(folder).write(recordOf(0));
    let isReadOnly = true;
    const disk = withFaults(folder, ({ verb }) =>
      isReadOnly && (verb === "put" || verb === "delete") ? { before: "permission-denied" } : undefined,
    );
    const spool = new Spool(disk, target, { pollMs: 20 });
    spools.push(spool);
    await expect(spool.write(recordOf(1))).rejects.toMatchObject({ code: "permission-denied" });
    await vi.waitFor(async () => expect((await spool.status()).lastFailure).toBeDefined());
    expect(await recordsOf(folder)).toHaveLength(1);
    isReadOnly = false;
    await spool.drain();
    expect((await recordsOf(target)).map(({ timestamp }) => timestamp)).toStrictEqual([start]);
  });

  it("by the limit set is the same", async () => {
    const away = failing({ before: "unavailable" });
    const spool = open(away.storage, { maxBytes: 1000 });
    const refused = async (): Promise<unknown> => {
      for (let minute = 0; minute < 100; minute++) await spool.write(recordOf(minute));
      return undefined;
    };
    await expect(refused()).rejects.toMatchObject({ code: "out-of-space", stored: "no" });
    const { waiting } = await spool.status();
    expect(waiting).toBeGreaterThan(1);
    away.mend();
    await spool.drain();
    await spool.write(recordOf(99));
    await spool.drain();
    expect(await recordsOf(target)).toHaveLength(waiting + 1);
  });
});

describe("an open minute", () => {
  const recorderOptions = { category: "gateway", component: "gw-01", stamp: "start", journalIntervalMs: 10 } as const;

  /** Makes the journals of the runs that are there those of a process that was killed. */
  async function killRuns(): Promise<void> {
    for (const key of await keysOf(folder, "spool/runs/")) {
      const run = key.slice("spool/runs/".length, -".json".length);
      const dead = `${run}-dead`;
      await folder.put(
        `spool/runs/${dead}.json`,
        new TextEncoder().encode(JSON.stringify({ host: hostname(), pid: 2 ** 31 - 7 })),
      );
      for (const entry of await keysOf(folder, `spool/journal/${run}/`)) {
        await folder.put(entry.replace(run, dead), await folder.get(entry));
        await folder.delete(entry);
      }
    }
  }

  it("of a process that was killed is written under its self id by another, once", async () => {
    const first = open();
    const recorder = new Recorder(first, { ...recorderOptions, attributes: { version: "1" } });
    const requests = recorder.counter("requests", { unit: "requests" });
    requests.add({ id: "a" }, 2n ** 60n);
    requests.add({ id: "b" });
    await vi.waitFor(async () => expect(await keysOf(folder, "spool/journal/")).not.toHaveLength(0));
    requests.add({ id: "a" });
    await vi.waitFor(async () => expect((await keysOf(folder, "spool/journal/")).length).toBeGreaterThan(1));
    await killRuns();

    const others = [open(), open(), open()];
    await vi.waitFor(async () => expect(await recordsOf(target)).toHaveLength(1));
    for (const other of others) await other.drain();
    const [record] = await recordsOf(target);
    expect(record?.selfId).toBe(recorder.status().selfId);
    expect(record?.data).toStrictEqual([
      { version: "1", id: "a", requests: { value: 2n ** 60n + 1n, unit: "requests" } },
      { version: "1", id: "b", requests: { value: 1, unit: "requests" } },
    ]);
    expect(await keysOf(folder, "spool/journal/")).toStrictEqual([]);
  });

  it("that ended normally leaves no journal, and is not written twice", async () => {
    const spool = open();
    const recorder = new Recorder(spool, recorderOptions);
    recorder.counter("requests").add({ id: "a" });
    await vi.waitFor(async () => expect(await keysOf(folder, "spool/journal/")).not.toHaveLength(0));
    await recorder.close();
    expect(await keysOf(folder, "spool/journal/")).toStrictEqual([]);
    await spool.drain();
    expect(await recordsOf(target)).toHaveLength(1);
  });

  it("of a run wrongly taken for dead is not written again by that run", async () => {
    const spool = open();
    const error = vi.fn<(message: string) => void>();
    const recorder = new Recorder(spool, { ...recorderOptions, logger: { ...console, error } });
    const requests = recorder.counter("requests");
    requests.add({ id: "a" });
    await vi.waitFor(async () => expect(await keysOf(folder, "spool/journal/")).not.toHaveLength(0));
    const before = recorder.status().selfId;
    for (const key of await keysOf(folder, "spool/runs/")) await folder.delete(key);
    requests.add({ id: "b" });
    await vi.waitFor(() => expect(error).toHaveBeenCalled());
    expect(recorder.status().selfId).not.toBe(before);
    await recorder.close();
  });
});

describe("processes that share a folder", () => {
  it("ship one at a time, and another continues after one ends", async () => {
    let shipping = 0;
    let most = 0;
    const watched = withFaults(target, () => undefined);
    const counting = overriding(watched, {
      async put(...args) {
        most = Math.max(most, ++shipping);
        try {
          return await watched.put(...args);
        } finally {
          shipping--;
        }
      },
    });
    const [a, b, c] = [1, 2, 3].map(() => open(counting, { concurrency: 1 }));
    for (let minute = 0; minute < 30; minute++) {
      await (minute % 3 === 0 ? a : minute % 3 === 1 ? b : c)?.write(recordOf(minute, 1, `gw${minute % 3}`));
    }
    await a?.close();
    await b?.close();
    await c?.drain();
    expect(await recordsOf(target)).toHaveLength(30);
    expect(most).toBe(1);
  });
});

describe("ending", () => {
  it("aborts calls in progress, keeps what is queued, and leaves nothing running", async () => {
    const abort = new AbortController();
    const hanging = withFaults(target, ({ verb }) => (verb === "put" ? { delayMs: 60_000 } : undefined));
    const spool = open(hanging);
    await spool.write(recordOf(0));
    await vi.waitFor(() => expect(hanging.counts.put).toBeGreaterThan(0));
    await spool.close();
    await spool.close();
    await expect(spool.write(recordOf(1))).rejects.toMatchObject({ code: "closed" });
    await expect(spool.drain({ signal: abort.signal })).rejects.toBeInstanceOf(MeteringError);
    expect(await recordsOf(folder)).toHaveLength(1);
    expect(await keysOf(folder, "spool/runs/")).toStrictEqual([]);
  });

  it("a drain ends on abort", async () => {
    const away = failing({ before: "unavailable" });
    const spool = open(away.storage);
    await spool.write(recordOf(0));
    const reason = new Error("enough");
    const abort = new AbortController();
    const drained = spool.drain({ signal: abort.signal });
    abort.abort(reason);
    await expect(drained).rejects.toBe(reason);
  });
});

it.each([{ concurrency: 0 }, { maxBytes: 0 }, { writer: { ifExists: "error" } }, { colour: "red" }])(
  "the options %j are refused",
  (options) => {
    expect(() => new Spool(folder, target, options as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  },
);
