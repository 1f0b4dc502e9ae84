import { isMeteringError, type ObjectStorage } from "@metering/core";
import { withFaults, type Fault } from "@metering/storage-kit";
import { Memory, MemoryStorage } from "@metering/storage-memory";
import { collect, storedKeys } from "@metering/test-helpers";
import { describe, expect, test } from "vitest";
import { closePeriod, late, readClosed, verifyClosed } from "../src/index.ts";
import { day, now, recordOf, store } from "./books.ts";

const options = { day, now, rollups: ["hour", "day"] } as const;

/** Kills the process at its nth call: that call and all that follow fail, before or after the store did it. */
function killAt(storage: ObjectStorage, nth: number, done: boolean) {
  const killed = new Error("killed");
  let calls = 0;
  const plan = (): Fault | undefined => {
    calls++;
    if (calls < nth) return undefined;
    return calls === nth && done ? { after: killed } : { before: killed };
  };
  return { storage: withFaults(storage, plan), wasKilled: () => calls >= nth };
}

async function filesThatCount(storage: ObjectStorage): Promise<readonly string[]> {
  const { days } = await readClosed(storage, { day });
  return days.flatMap(({ closings }) => closings.flatMap(({ files }) => files.map(({ key }) => key)));
}

describe.each([
  { done: false, when: "before" },
  { done: true, when: "after" },
])("a closer killed $when the store did what it asked for", ({ done }) => {
  test("leaves nothing that reads as closed, or all of it, whichever call it was; the next try finishes", async () => {
    for (let nth = 1; ; nth++) {
      await using storage = new MemoryStorage();
      await store(storage, recordOf("gw_1", 1));
      const closer = killAt(storage, nth, done);
      await closePeriod(closer.storage, options).catch(() => {});
      if (!closer.wasKilled()) break;
      const closed = await readClosed(storage, { day }).catch((error: unknown) => {
        if (isMeteringError(error, "period-open")) return undefined;
        throw error;
      });
      if (closed !== undefined) expect(closed.totals).toMatchObject([{ value: 1n }]);

      const { totals } = await closePeriod(storage, options);
      expect(totals).toMatchObject([{ value: 1n }]);
      if (closed === undefined) expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
      const found = (await collect(verifyClosed(storage, { day }))).map(({ kind }) => kind);
      expect(found.filter((kind) => kind !== "leftover")).toEqual([]);
    }
  });

  test("adds late records once, whichever call it was", async () => {
    for (let nth = 1; ; nth++) {
      await using storage = new MemoryStorage();
      await store(storage, recordOf("gw_1", 1));
      await store(storage, recordOf("gw_2", 10));
      await closePeriod(storage, options);
      await store(storage, recordOf("gw_2", 20));
      await store(storage, recordOf("gw_3", 300));
      const closer = killAt(storage, nth, done);
      await closePeriod(closer.storage, { ...options, late: true }).catch(() => {});
      if (!closer.wasKilled()) break;
      const [total] = (await readClosed(storage, { day })).totals;
      expect([11n, 321n]).toContain(total?.value);

      const { totals } = await closePeriod(storage, { ...options, late: true });
      expect(totals).toMatchObject([{ value: 321n }]);
      expect(await collect(late(storage, { day }))).toEqual([]);
      const found = (await collect(verifyClosed(storage, { day }))).map(({ kind }) => kind);
      expect(found.filter((kind) => kind !== "leftover")).toEqual([]);
    }
  });
});

test("what a crashed closer left is removed by the one that closes", async () => {
  await using storage = new MemoryStorage();
  await store(storage, recordOf("gw_1", 1));
  const killed = new Error("killed");
  const closer = withFaults(storage, ({ key }) =>
    key.endsWith(".json") || key.endsWith(".gz") ? undefined : { after: killed },
  );
  await expect(closePeriod(closer, options)).rejects.toBe(killed);
  await closePeriod(storage, options);
  expect(await storedKeys(storage, "metering/closed/usage/")).toEqual(
    (await filesThatCount(storage)).filter((key) => key.includes("/usage/")),
  );
});

test("a store that mistakes a closer's own manifest for another's costs no file", async () => {
  await using inner = new MemoryStorage();
  await store(inner, recordOf("gw_1", 1));
  await using storage = withFaults(inner, ({ verb, key }) =>
    verb === "put" && key.endsWith(".json") ? { after: "already-exists" } : undefined,
  );
  expect((await closePeriod(storage, options)).totals).toMatchObject([{ value: 1n }]);
  expect(await collect(verifyClosed(inner, { day }))).toEqual([]);
});

test("a store without conditional writes keeps nothing of a closing", async () => {
  await using inner = new MemoryStorage();
  await store(inner, recordOf("gw_1", 1));
  await using storage = withFaults(inner, ({ key }) =>
    key.endsWith(".json") ? { before: "not-supported" } : undefined,
  );
  await expect(closePeriod(storage, options)).rejects.toMatchObject({ code: "not-supported" });
  expect(await storedKeys(inner, "metering/closed/")).toEqual([]);
});

test("of several closers at once one wins, and all get what it stored", async () => {
  const memory = new Memory();
  await using storage = new MemoryStorage({ memory });
  for (const selfId of ["gw_1", "gw_2"]) await store(storage, recordOf(selfId, 5));
  const closers = Array.from({ length: 6 }, () => closePeriod(new MemoryStorage({ memory }), options));
  const ids = (await Promise.all(closers)).map(({ days }) => days[0]?.closings.map(({ closing }) => closing));
  expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(1);
  expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
  expect((await storedKeys(storage, "metering/closed/")).filter((key) => key.endsWith(".parquet")).sort()).toEqual(
    [...(await filesThatCount(storage))].sort(),
  );
});

test("of several additions at once each late record is in one", async () => {
  const memory = new Memory();
  await using storage = new MemoryStorage({ memory });
  await closePeriod(storage, options);
  for (const selfId of ["gw_1", "gw_2"]) await store(storage, recordOf(selfId, 5));
  const closers = Array.from({ length: 4 }, async (_, index) => {
    await store(new MemoryStorage({ memory }), recordOf(`gw_${index + 3}`, 5));
    return closePeriod(new MemoryStorage({ memory }), { ...options, late: true });
  });
  await Promise.all(closers);
  expect((await readClosed(storage, { day })).totals).toMatchObject([{ value: 30n }]);
  expect(await collect(verifyClosed(storage, { day }))).toEqual([]);
});
