import { textOf } from "../../output/attribute-text.ts";
import { bar } from "../../output/bar.ts";
import { formatRange } from "../../output/moments.ts";
import { counted, grouped } from "../../output/numbers.ts";
import type { TableColumn } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Sum } from "./tally.ts";
import { bucketEnd, formatBucket, type Bucket } from "./time-bucket.ts";

/** The sums of one stretch of time. */
export interface BucketSums {
  readonly start: number;
  readonly sums: readonly Sum[];
}

/** What was asked for. */
export interface SumQuestion {
  readonly json: boolean;
  readonly by: readonly string[];
  readonly per?: Bucket | undefined;
  readonly from: number;
  readonly to: number;
}

const barWidth = 20;

/** Writes sums: as they come for a program, as a table for a person. */
export async function showSums(
  { out, messages }: Session,
  question: SumQuestion,
  buckets: AsyncIterable<BucketSums>,
): Promise<void> {
  const { json, by, per, from, to } = question;
  const rows: (Sum & { readonly start: number })[] = [];
  for await (const { start, sums } of buckets) {
    for (const sum of sums) {
      if (!json) {
        rows.push({ ...sum, start });
        continue;
      }
      const end = per === undefined ? to : bucketEnd(start, per);
      const group = Object.fromEntries(by.map((name, index) => [name, sum.group[index] ?? null]));
      const { meter, unit, value } = sum;
      await out.json({ from: Math.max(start, from), to: Math.min(end, to), group, meter, unit, value });
    }
  }
  if (json) return;
  if (rows.length === 0) {
    messages.note(`Nothing was metered from ${formatRange(from, to)} UTC.`);
    return;
  }
  const largest = largestOfEach(rows);
  const columns: TableColumn<(typeof rows)[number]>[] = [
    ...(per === undefined
      ? []
      : [{ title: `${per} (UTC)`, cell: ({ start }: { start: number }) => formatBucket(start, per) }]),
    ...by.map((name, index) => ({ title: name, cell: ({ group }: Sum) => textOf(group[index]) })),
    { title: "meter", cell: ({ meter }) => meter },
    {
      title: "total",
      align: "right",
      cell: ({ value }) => (out.isTerminal ? grouped(value) : value.toString()),
      mark: out.style.strong,
    },
    { title: "unit", cell: ({ unit }) => unit },
  ];
  if (out.isTerminal && rows.length > 1) {
    columns.push({
      title: "",
      cell: (row) => bar(row.value, largest.get(meterOf(row)) ?? 0n, barWidth),
      mark: out.style.good,
    });
  }
  await out.table(columns, rows);
  messages.note(`${counted(rows.length, "total")} from ${formatRange(from, to)} UTC.`);
}

const meterOf = ({ meter, unit }: Sum) => `${meter}\0${unit}`;

/** Bars compare what can be compared: values of one meter. */
function largestOfEach(sums: readonly Sum[]): ReadonlyMap<string, bigint> {
  const largest = new Map<string, bigint>();
  for (const sum of sums) {
    const meter = meterOf(sum);
    if (sum.value > (largest.get(meter) ?? 0n)) largest.set(meter, sum.value);
  }
  return largest;
}
