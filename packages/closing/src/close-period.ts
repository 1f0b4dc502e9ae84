import { componentOf, parseOptions, type ObjectStorage, type RecordId } from "@metering/core";
import { MeteringReader, type OnFinding } from "@metering/reader";
import { addLate } from "./add-late.ts";
import { closeDay } from "./close-day.ts";
import { closedDay, createClosedPeriod, type ClosedDay, type ClosedPeriod } from "./closed-period.ts";
import type { ClosingContext, ClosingProgress } from "./closing-context.ts";
import type { Expected } from "./expected.ts";
import { clock, type GraceOptions } from "./grace.ts";
import { closePeriodSchema, type ReadingOptions } from "./options.ts";
import { daysOf, type Day, type Period } from "./period.ts";
import type { RollupUnit } from "./rollup.ts";
import type { ValueType } from "./tables.ts";

/** How a period is closed. Settings that decide the columns count for the additions of a day too. */
export interface CloseOptions extends ReadingOptions, GraceOptions {
  /** Add the late records of days that are closed already, as a numbered addition to each. Default: false. */
  readonly late?: boolean | undefined;
  /** What to do about an incomplete record: stop, or leave it out. It is late once it is complete. Default: `fail`. */
  readonly incomplete?: "fail" | "skip" | undefined;
  /**
   * What to do about a self id's minute that is stored in several pools or layouts: stop, or count each. Default: `fail`.
   */
  readonly duplicates?: "fail" | "include" | undefined;
  /** Told of everything that is left out. Default: closing stops at the first finding, and nothing is closed. */
  readonly onFinding?: OnFinding | undefined;
  /** Type of the column `value`. `decimal` is for engines without unsigned integers. Default: `uint64`. */
  readonly values?: ValueType | undefined;
  /** Attributes with a column of their own, by which roll-ups are grouped. Default: none. */
  readonly attributes?: readonly string[] | undefined;
  /** Plain numbers of elements that count like metering values, and their units. Default: none. */
  readonly numbers?: Readonly<Record<string, string>> | undefined;
  /** Tables with sums by hour or day. Default: none. */
  readonly rollups?: readonly RollupUnit[] | undefined;
  /** Who should report. Default: learned from the records. See `completeness`. */
  readonly expected?: Expected | undefined;
  /** The component of a record. Default: `componentOf` of its self id. */
  readonly componentOf?: ((record: RecordId) => string) | undefined;
  /** Told of each record that was added. It must neither throw nor wait. */
  readonly onProgress?: ((progress: ClosingProgress) => void) | undefined;
}

/**
 * Closes a period: stores its usage as Parquet below `metering/closed/`, and a manifest for each day, last. A day that is
 * closed never changes, and is not read again. Of several closers of a day one wins; all get what the winner stored.
 * Nothing is ever removed from the records.
 *
 * @throws `period-open` for a day that is not over for `grace` seconds, or with `late`, one that is not closed;
 *   `incomplete-record`, `duplicate-record` and all other findings of a scan, unless the options allow them;
 *   `invalid-amount`; `not-supported` where the store has no conditional writes; the storage's errors; the signal's reason.
 *
 * @example
 * ```ts
 * const { totals } = await closePeriod(storage, { day: "2025-08-22" });
 * for (const { meter, unit, value } of totals) console.log(meter, value, unit);
 * ```
 */
export async function closePeriod(storage: ObjectStorage, options: Period & CloseOptions): Promise<ClosedPeriod> {
  const parsed = parseOptions(closePeriodSchema, options, "closePeriod");
  const { grace, values, attributes, numbers, rollups, concurrency, observer, signal } = parsed;
  const context: ClosingContext = {
    storage,
    options: { signal },
    reader: new MeteringReader(storage, { concurrency, observer }),
    concurrency,
    settings: { grace, values, attributes, numbers, rollups },
    incomplete: parsed.incomplete,
    duplicates: parsed.duplicates,
    componentOf: parsed.componentOf ?? (({ selfId }) => componentOf(selfId)),
    expected: parsed.expected,
    now: parsed.now ?? clock,
    onFinding: parsed.onFinding,
    onProgress: parsed.onProgress,
  };
  const close = parsed.late ? addLate : closeDay;
  const days = new Map<string, ClosedDay>();
  for (const day of fromRandomDay(daysOf(parsed))) {
    signal?.throwIfAborted();
    days.set(day.day, closedDay(storage, day.day, await close(context, day)));
  }
  return createClosedPeriod(
    storage,
    [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)),
  );
}

/** Closers of the same days mostly begin at different ones, so that they share the work instead of doing it twice. */
function fromRandomDay(days: readonly Day[]): readonly Day[] {
  const start = Math.floor(Math.random() * days.length);
  return [...days.slice(start), ...days.slice(0, start)];
}
