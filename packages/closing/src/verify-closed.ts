import { isMeteringError, parseOptions, type ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { closedDay } from "./closed-period.ts";
import { readClosedFile, type ClosedTables } from "./closed-tables.ts";
import { leftoversOf } from "./closing-writer.ts";
import { compareRecords, type RecordDifference } from "./compare-records.ts";
import { readClosings, type ClosedFile, type Closing } from "./manifest.ts";
import { readingSchema, type ReadingOptions } from "./options.ts";
import { daysOf, type Day, type Period } from "./period.ts";

/** A difference between a closed day and what it was made of, or what it should be. */
export type ClosedDifference = { readonly day: string } & (
  | RecordDifference
  | {
      /**
       * - `file-missing`: a Parquet file that a manifest names is gone. Nothing else of its day can be compared.
       * - `file-changed`: it has other bytes than the manifest says. Nothing else of its day can be compared.
       * - `leftover`: a Parquet file that no manifest names, of an attempt that crashed or lost. It does not count.
       */
      readonly kind: "file-missing" | "file-changed" | "leftover";
      readonly key: string;
    }
);

/**
 * Compares a closed period with the records in the bucket, and names every difference: files, records, amounts and sums.
 * Nothing is changed. It reads every record and every closed file.
 *
 * @throws `period-open` if a day is not closed; `invalid-format` for a manifest that this version cannot read; the
 *   storage's errors; the signal's reason.
 *
 * @example
 * ```ts
 * for await (const difference of verifyClosed(storage, { day: "2025-08-22" })) console.warn(difference);
 * ```
 */
export async function* verifyClosed(
  storage: ObjectStorage,
  options: Period & ReadingOptions,
): AsyncGenerator<ClosedDifference, void, undefined> {
  const parsed = parseOptions(readingSchema, options, "verifyClosed");
  const { concurrency, observer, signal } = parsed;
  const reader = new MeteringReader(storage, { concurrency, observer });
  const tables = { storage, options: { signal } };
  for (const day of daysOf(parsed)) {
    const { closings } = closedDay(storage, day.day, await readClosings(storage, day.day, { signal }));
    yield* verifyDay({ ...tables, reader }, closings, day);
  }
}

interface VerifyContext extends ClosedTables {
  readonly reader: MeteringReader;
}

async function* verifyDay(
  context: VerifyContext,
  closings: readonly [Closing, ...Closing[]],
  day: Day,
): AsyncGenerator<ClosedDifference, void, undefined> {
  let isDamaged = false;
  for (const closing of closings) {
    for await (const key of leftoversOf(context.storage, closing, context.options)) {
      yield { day: day.day, kind: "leftover", key };
    }
    for (const file of closing.files) {
      const kind = await damageOf(context, file);
      if (kind === undefined) continue;
      isDamaged = true;
      yield { day: day.day, kind, key: file.key };
    }
  }
  if (isDamaged) return;
  for await (const difference of compareRecords(context, closings, day)) yield { day: day.day, ...difference };
}

async function damageOf(tables: ClosedTables, file: ClosedFile): Promise<"file-missing" | "file-changed" | undefined> {
  try {
    await readClosedFile(tables, file);
    return undefined;
  } catch (error) {
    if (isMeteringError(error, "not-found")) return "file-missing";
    if (isMeteringError(error, "invalid-format")) return "file-changed";
    throw error;
  }
}
