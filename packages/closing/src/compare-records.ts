import { parseMeteringKey, type MeteringError, type RecordId } from "@metering/core";
import type { MeteringReader, ReadRecord } from "@metering/reader";
import { groupByMinute, mergeMinutes, zipMinutes, type MinuteItems } from "./by-minute.ts";
import { readRollup, readSources, readUsage, type ClosedTables } from "./closed-tables.ts";
import type { Closing } from "./manifest.ts";
import type { Day } from "./period.ts";
import { rollupTables } from "./rollup.ts";
import { recordDigest, recordKey, type Source } from "./source.ts";
import { createTotals, totalKey, type ClosedTotal } from "./totals.ts";
import { usageOf, type Usage, type UsageRules, type UsageValue } from "./usage.ts";

/** A difference between closed rows, the records that they come from, and the sums of manifests and roll-ups. */
export type RecordDifference =
  | {
      /**
       * - `missing`: a record that was closed is gone. What was closed of it stays.
       * - `changed`: it was overwritten. `closePeriod` with `late: true` takes back what was closed, and adds what is there.
       * - `late`: it arrived since. `closePeriod` with `late: true` adds it.
       */
      readonly kind: "missing" | "changed" | "late";
      readonly record: RecordId;
    }
  | {
      /** A record that was closed cannot be read any more. */
      readonly kind: "unusable";
      readonly record: RecordId;
      readonly error: MeteringError;
    }
  | {
      /** A record is as it was closed, and its rows say something else. */
      readonly kind: "usage";
      readonly record: RecordId;
      readonly meter: string;
      readonly unit: string;
      /** JSON of the other properties of the element. */
      readonly attributes: string;
      /** What the closed rows come to. */
      readonly closed: bigint;
      /** What the record says. */
      readonly stored: bigint;
    }
  | ({
      /** A sum in the manifest, or of a roll-up, is not the sum of the closing's rows. */
      readonly kind: "total";
      readonly closing: string;
      readonly in: "manifest" | "hourly" | "daily";
      /** The sum of the rows. */
      readonly rows: bigint;
    } & ClosedTotal);

interface CompareContext extends ClosedTables {
  readonly reader: MeteringReader;
}

/** What was closed of one minute. */
interface ClosedMinute {
  readonly sources: readonly Source[];
  readonly usage: readonly Usage[];
}

export async function* compareRecords(
  context: CompareContext,
  closings: readonly [Closing, ...Closing[]],
  { from, to }: Day,
): AsyncGenerator<RecordDifference, void, undefined> {
  const [{ numbers, attributes }] = closings;
  const rules = { numbers, attributes, onFinding: () => {} };
  const sums = new Map(closings.map(({ closing }) => [closing, createTotals()]));
  const unusable = new Map<string, MeteringError>();
  const scan = context.reader.scan(
    { from, to },
    {
      signal: context.options.signal,
      onFinding: (finding) => {
        const id = finding.key === undefined ? undefined : parseMeteringKey(finding.key);
        if (id !== undefined) unusable.set(`${id.timestamp}/${recordKey(id)}`, finding);
      },
    },
  );
  const stored = groupByMinute(scan, ({ timestamp }) => timestamp);

  for await (const { minute, left, right } of zipMinutes(closedMinutes(context, closings), stored)) {
    const [closed = { sources: [], usage: [] }] = left;
    for (const row of closed.usage) sums.get(row.closing)?.add({ ...row, value: row.value * BigInt(row.sign) });
    const rows = groupByRecord(closed.usage);
    const records = new Map(right.map((record) => [recordKey(record), record]));
    for (const source of closed.sources) {
      const key = recordKey(source);
      const record = records.get(key);
      const error = unusable.get(`${minute}/${key}`);
      records.delete(key);
      if (record !== undefined && recordDigest(record) === source.digest) {
        yield* compareUsage(record, usageOfRecord(record, rules), rows.get(key) ?? []);
      } else if (record !== undefined) yield { kind: "changed", record: idOf(source) };
      else if (error !== undefined) yield { kind: "unusable", record: idOf(source), error };
      else yield { kind: "missing", record: idOf(source) };
    }
    for (const record of records.values()) yield { kind: "late", record: idOf({ ...record, minute }) };
  }
  for (const closing of closings) yield* compareTotals(context, closing, sums.get(closing.closing)?.list() ?? []);
}

async function* closedMinutes(
  tables: ClosedTables,
  closings: readonly Closing[],
): AsyncGenerator<MinuteItems<ClosedMinute>, void, undefined> {
  const usage = mergeMinutes(
    closings.map((closing) => groupByMinute(readUsage(tables, closing), ({ minute }) => minute)),
  );
  for await (const { minute, left, right } of zipMinutes(readSources(tables, closings), usage)) {
    yield { minute, items: [{ sources: left, usage: right }] };
  }
}

function groupByRecord(usage: readonly Usage[]): ReadonlyMap<string, readonly Usage[]> {
  const records = new Map<string, Usage[]>();
  for (const row of usage) {
    const rows = records.get(recordKey(row));
    if (rows === undefined) records.set(recordKey(row), [row]);
    else rows.push(row);
  }
  return records;
}

function usageOfRecord(record: ReadRecord, rules: UsageRules): readonly UsageValue[] {
  return record.data.flatMap((element) => (element === null ? [] : usageOf(element, rules)));
}

/** What one kind of row comes to: how many there are, and their sum. */
interface Sum {
  readonly meter: string;
  readonly unit: string;
  readonly attributes: string;
  closed: bigint;
  stored: bigint;
  rows: number;
}

function* compareUsage(
  record: ReadRecord,
  stored: readonly UsageValue[],
  closed: readonly Usage[],
): Generator<RecordDifference, void, undefined> {
  const sums = new Map<string, Sum>();
  const sumOf = ({ meter, unit, attributes }: UsageValue): Sum => {
    const key = JSON.stringify([meter, unit, attributes]);
    const sum = sums.get(key) ?? { meter, unit, attributes, closed: 0n, stored: 0n, rows: 0 };
    sums.set(key, sum);
    return sum;
  };
  for (const value of stored) {
    const sum = sumOf(value);
    sum.stored += value.value;
    sum.rows--;
  }
  for (const row of closed) {
    const sum = sumOf(row);
    sum.closed += row.value * BigInt(row.sign);
    sum.rows += row.sign;
  }
  for (const { rows, ...sum } of sums.values()) {
    if (sum.closed !== sum.stored || rows !== 0) {
      yield { kind: "usage", record: idOf({ ...record, minute: record.timestamp }), ...sum };
    }
  }
}

async function* compareTotals(
  tables: ClosedTables,
  closing: Closing,
  rows: readonly ClosedTotal[],
): AsyncGenerator<RecordDifference, void, undefined> {
  yield* differences(closing, "manifest", closing.totals, rows);
  for (const unit of closing.rollups) {
    const table = rollupTables[unit];
    const sums = createTotals();
    for await (const total of readRollup(tables, closing, table)) sums.add(total);
    yield* differences(closing, table, sums.list(), rows);
  }
}

function* differences(
  { closing }: Closing,
  place: "manifest" | "hourly" | "daily",
  found: readonly ClosedTotal[],
  rows: readonly ClosedTotal[],
): Generator<RecordDifference, void, undefined> {
  const expected = new Map(rows.map((total) => [totalKey(total), total]));
  for (const total of found) {
    const sum = expected.get(totalKey(total));
    expected.delete(totalKey(total));
    if (sum?.value !== total.value) yield { kind: "total", closing, in: place, ...total, rows: sum?.value ?? 0n };
  }
  for (const sum of expected.values()) {
    yield { kind: "total", closing, in: place, ...sum, value: 0n, rows: sum.value };
  }
}

function idOf({ minute, category, sharedPoolId, selfId }: Omit<RecordId, "timestamp"> & { minute: number }): RecordId {
  return { timestamp: minute, category, selfId, ...(sharedPoolId === undefined ? {} : { sharedPoolId }) };
}
