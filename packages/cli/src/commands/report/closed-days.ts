import { late, readClosed, type ClosedDay, type LateRecord } from "@metering/closing";
import { isMeteringError, type ObjectStorage } from "@metering/core";
import type { Span } from "../../input/moment.ts";

/** What is closed of a range, and what came late. */
export interface ClosedDays {
  readonly days: readonly ClosedDay[];
  readonly late: readonly LateRecord[];
}

const secondsPerDay = 86_400;

/** Looks at the whole days of a range, each by itself: some may be open. */
export async function readClosedDays(
  storage: ObjectStorage,
  { from, to }: Span,
  signal: AbortSignal,
): Promise<ClosedDays> {
  const days: ClosedDay[] = [];
  const lateRecords: LateRecord[] = [];
  for (let start = from - (from % secondsPerDay); start < to; start += secondsPerDay) {
    const period = { day: new Date(start * 1000).toISOString().slice(0, 10), signal };
    try {
      days.push(...(await readClosed(storage, period)).days);
    } catch (error) {
      if (isMeteringError(error, "period-open")) continue;
      throw error;
    }
    for await (const record of late(storage, period)) lateRecords.push(record);
  }
  return { days, late: lateRecords };
}
