import type { ObjectStorage } from "@metering/core";
import { MeteringReader, type ReadRecord } from "@metering/reader";

/** 2025-08-22T08:13:00Z in Unix seconds: a minute. */
export const start = 1_755_850_380;

/** Every complete record. */
export async function recordsOf(storage: ObjectStorage): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = [];
  for await (const record of new MeteringReader(storage).scan({ from: start - 3600, to: 4_000_000_020 })) {
    records.push(record);
  }
  return records;
}
