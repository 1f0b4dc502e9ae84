/** A stretch of the calendar, in UTC. */
export type Bucket = "minute" | "hour" | "day" | "month";

const seconds = { minute: 60, hour: 3600, day: 86_400 } as const;

/** Start of the bucket, in UTC, that a minute belongs to: Unix seconds. */
export function bucketStart(minute: number, bucket: Bucket): number {
  if (bucket !== "month") return minute - (minute % seconds[bucket]);
  const date = new Date(minute * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / 1000;
}

/** Its end, which is the start of the next one. */
export function bucketEnd(start: number, bucket: Bucket): number {
  if (bucket !== "month") return start + seconds[bucket];
  const date = new Date(start * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / 1000;
}

const digits = { month: 7, day: 10, hour: 16, minute: 16 } as const;

/** The bucket as people write it, such as `2025-08`. */
export function formatBucket(start: number, bucket: Bucket): string {
  return new Date(start * 1000).toISOString().slice(0, digits[bucket]);
}
