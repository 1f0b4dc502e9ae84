import { deepStrictEqual } from "node:assert/strict";
import { meteringKeyPrefix } from "@metering/core";
import { MemoryStorage } from "@metering/storage-memory";
import { collect } from "@metering/test-helpers";
import fc from "fast-check";
import { test } from "vitest";
import { closePeriod, late, readClosed, verifyClosed, type ClosedPeriod } from "../src/index.ts";
import { day, latest, now, rowsOf, rowText, store, testRecord, type TestRecord } from "./books.ts";

const duplicates = "include";

test("whatever is written, overwritten and comes late, the closed period is what the records say, and what was closed stays", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(testRecord, { maxLength: 12 }),
      fc.array(fc.array(testRecord, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("uint64" as const, "decimal" as const),
      async (first, additions, values) => {
        await using storage = new MemoryStorage();
        for (const record of first) await store(storage, record);
        let there = latest(first);
        let closed = await closePeriod(storage, {
          day,
          now,
          duplicates,
          values,
          rollups: ["hour", "day"],
          attributes: ["cluster_id"],
        });
        await check(closed, there);
        deepStrictEqual(await collect(verifyClosed(storage, { day })), []);

        for (const addition of additions) {
          const before = await contents(storage);
          const storedBefore = await storedRecords(storage);
          for (const record of addition) await store(storage, record);
          const after = latest([...there.values(), ...addition]);
          const changes = [...(await storedRecords(storage))].filter(
            ([key, content]) => storedBefore.get(key) !== content,
          );
          const found = await collect(late(storage, { day }));
          deepStrictEqual(
            found.map((record) => `${meteringKeyPrefix(record)} ${record.kind}`).sort(),
            changes.map(([key]) => `${key} ${storedBefore.has(key) ? "changed" : "arrived"}`).sort(),
          );
          deepStrictEqual(
            (await collect(verifyClosed(storage, { day }))).map((difference) => difference.kind).sort(),
            found.map(({ kind }) => (kind === "arrived" ? "late" : "changed")).sort(),
          );
          closed = await closePeriod(storage, { day, now, duplicates, late: true });
          there = after;
          await check(closed, there);
          await check(await readClosed(storage, { day }), there);
          deepStrictEqual(await collect(late(storage, { day })), []);
          deepStrictEqual(await collect(verifyClosed(storage, { day })), []);
          for (const [key, bytes] of before) deepStrictEqual(await storage.get(key), bytes);
        }
      },
    ),
    { numRuns: Number(process.env["CLOSED_PERIODS"] ?? 25) },
  );
}, 120_000);

/** Compares rows and totals with the records. */
async function check(closed: ClosedPeriod, there: ReadonlyMap<string, TestRecord>): Promise<void> {
  const expected = [...there.values()].flatMap(rowsOf).sort();
  const counts = new Map<string, number>();
  for await (const row of closed.usage()) {
    const text = rowText({ ...row, timestamp: row.minute });
    counts.set(text, (counts.get(text) ?? 0) + row.sign);
  }
  const rows = [...counts].flatMap(([text, count]) =>
    count < 0 ? [`negative ${text}`] : Array<string>(count).fill(text),
  );
  deepStrictEqual(rows.sort(), expected);
  const sums = new Map<string, bigint>();
  for (const text of expected) {
    const [, category, , , meter, unit] = JSON.parse(text) as readonly string[];
    const key = JSON.stringify([category, meter, unit]);
    sums.set(key, (sums.get(key) ?? 0n) + amountIn(text));
  }
  const totals = closed.totals.filter(({ value }) => value !== 0n);
  deepStrictEqual(
    totals.map(({ category, meter, unit, value }) => [JSON.stringify([category, meter, unit]), value]),
    [...sums].filter(([, value]) => value !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function amountIn(text: string): bigint {
  const digits = /^\[\d+,(?:"[^"]*"|null),(?:"[^"]*"|null),"[^"]*","[^"]*","[^"]*",(\d+),/.exec(text)?.[1];
  return BigInt(digits ?? "x");
}

async function contents(storage: MemoryStorage): Promise<ReadonlyMap<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>();
  for await (const { key } of storage.list("metering/closed/")) objects.set(key, await storage.get(key));
  return objects;
}

/** What is stored of each record. */
async function storedRecords(storage: MemoryStorage): Promise<ReadonlyMap<string, string>> {
  const records = new Map<string, string>();
  for await (const { key } of storage.list("metering/ru/")) {
    const prefix = key.replace(/\d+\.json\.gz$/, "");
    records.set(prefix, `${records.get(prefix) ?? ""} ${Buffer.from(await storage.get(key)).toString("base64")}`);
  }
  return records;
}
