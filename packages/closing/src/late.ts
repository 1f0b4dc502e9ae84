import { parseOptions, type ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { closedDay } from "./closed-period.ts";
import { lateRecords, type LateRecord } from "./late-records.ts";
import { readClosings } from "./manifest.ts";
import { lateSchema, type ReadingOptions } from "./options.ts";
import { daysOf, type Period } from "./period.ts";

/** How late records are looked for. */
export interface LateOptions extends ReadingOptions {
  /**
   * Whether to find records that were overwritten, for which every closed record is downloaded. `false`: only those that
   * arrived, which takes one listing. Default: true.
   */
  readonly changed?: boolean | undefined;
}

/**
 * The records of a closed period that its closings do not have as they are now, in the order of a scan. `closePeriod` with
 * `late: true` adds them. A record that is gone from the bucket is not late: `verifyClosed` names it.
 *
 * @throws `period-open` if a day is not closed; `invalid-format` if a closed file is damaged; the storage's errors; the
 *   signal's reason.
 */
export async function* late(
  storage: ObjectStorage,
  options: Period & LateOptions,
): AsyncGenerator<LateRecord, void, undefined> {
  const parsed = parseOptions(lateSchema, options, "late");
  const { concurrency, observer, signal, changed } = parsed;
  const reader = new MeteringReader(storage, { concurrency, observer });
  for (const day of daysOf(parsed)) {
    const { closings } = closedDay(storage, day.day, await readClosings(storage, day.day, { signal }));
    yield* lateRecords({ storage, options: { signal }, reader, concurrency, changed }, closings, day);
  }
}
