import type { MeteringError, ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { textOf } from "../../output/attribute-text.ts";
import { createTally, type Sum } from "../sum/tally.ts";
import { bucketEnd, bucketStart, type Bucket } from "../sum/time-bucket.ts";
import type { Span } from "../../input/moment.ts";

/** A meter's sums over time. */
export interface Series {
  readonly category: string;
  readonly meter: string;
  readonly unit: string;
  readonly total: bigint;
  /** One sum a bucket, in the order of time. */
  readonly values: readonly bigint[];
}

/** What was used. */
export interface UsageFigures {
  readonly records: number;
  /** Start of each bucket, in Unix seconds. */
  readonly buckets: readonly number[];
  readonly bucket: Bucket;
  readonly series: readonly Series[];
  /** Sums by the attribute asked for. */
  readonly groups: readonly Sum[];
}

/** What to read. */
export interface UsageQuestion extends Span {
  readonly by: string | undefined;
  readonly signal: AbortSignal;
  readonly onFinding: (finding: MeteringError) => void;
  readonly onRecord: (minute: number) => void;
}

/** So that a chart has some dozens of bars, whatever the range. */
function bucketFor({ from, to }: Span): Bucket {
  const hours = (to - from) / 3600;
  if (hours <= 2) return "minute";
  if (hours <= 96) return "hour";
  return hours <= 24 * 100 ? "day" : "month";
}

/** Reads every record of a range once, and adds up its values over time and by an attribute. */
export async function readUsage(storage: ObjectStorage, question: UsageQuestion): Promise<UsageFigures> {
  const { from, to, by, signal, onFinding, onRecord } = question;
  const bucket = bucketFor(question);
  const buckets: number[] = [];
  for (let start = bucketStart(from, bucket); start < to; start = bucketEnd(start, bucket)) buckets.push(start);
  const indexOf = new Map(buckets.map((start, index) => [start, index]));

  const series = new Map<string, { -readonly [Field in keyof Series]: Series[Field] } & { values: bigint[] }>();
  const collect = (start: number, sums: readonly Sum[]) => {
    for (const { group, meter, unit, value } of sums) {
      const category = textOf(group[0]);
      const key = JSON.stringify([category, meter, unit]);
      const found = series.get(key) ?? { category, meter, unit, total: 0n, values: buckets.map(() => 0n) };
      found.total += value;
      const index = indexOf.get(start) ?? 0;
      found.values[index] = (found.values[index] ?? 0n) + value;
      series.set(key, found);
    }
  };

  const overTime = createTally(["category"], onFinding);
  // The same amounts again: what cannot be counted has been named once.
  const byGroup = by === undefined ? undefined : createTally([by], () => undefined);
  const scan = new MeteringReader(storage).scan(
    { from, to },
    { incomplete: "skip", duplicates: "fail", onFinding, signal },
  );
  let records = 0;
  let current = buckets[0] ?? from;
  for await (const record of scan) {
    const start = bucketStart(record.timestamp, bucket);
    if (start !== current) collect(current, overTime.take());
    current = start;
    overTime.add(record);
    byGroup?.add(record);
    records++;
    onRecord(record.timestamp);
  }
  collect(current, overTime.take());
  const keys = [...series.keys()].sort();
  return {
    records,
    buckets,
    bucket,
    series: keys.flatMap((key) => series.get(key) ?? []),
    groups: byGroup?.take() ?? [],
  };
}
