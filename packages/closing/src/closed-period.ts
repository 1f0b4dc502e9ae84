import { MeteringError, parseJson, type JsonObject, type JsonValue, type ObjectStorage } from "@metering/core";
import { readUsage } from "./closed-tables.ts";
import type { Closing } from "./manifest.ts";
import type { ClosedOptions } from "./options.ts";
import { createTotals, type ClosedTotal } from "./totals.ts";
import type { Usage } from "./usage.ts";

/** A day that is closed. */
export interface ClosedDay {
  /** UTC day, such as `2025-08-22`. */
  readonly day: string;
  /** What closed it, and then its additions. */
  readonly closings: readonly [Closing, ...Closing[]];
}

/** A closed metering value: a row of the table `usage`. */
export interface ClosedUsage extends Omit<Usage, "attributes" | "columns"> {
  /** The other properties of its element, integers exact. */
  readonly attributes: JsonObject;
}

/** A closed period. */
export interface ClosedPeriod {
  readonly days: readonly ClosedDay[];
  /** Exact sums of all closings, additions included, by category, meter and unit. */
  readonly totals: readonly ClosedTotal[];
  /**
   * Every row of its Parquet files, day by day. `value` × `sign` is what counts.
   *
   * @throws `invalid-format` if a file is not what its manifest says; `not-found`; the storage's errors.
   */
  usage(options?: ClosedOptions): AsyncIterable<ClosedUsage>;
}

export function createClosedPeriod(storage: ObjectStorage, days: readonly ClosedDay[]): ClosedPeriod {
  const totals = createTotals();
  for (const { closings } of days) {
    for (const closing of closings) for (const total of closing.totals) totals.add(total);
  }
  return {
    days,
    totals: totals.list(),
    async *usage(options = {}) {
      for (const { closings } of days) {
        for (const closing of closings) yield* usageOf(storage, closing, options);
      }
    },
  };
}

async function* usageOf(
  storage: ObjectStorage,
  closing: Closing,
  { signal }: ClosedOptions,
): AsyncGenerator<ClosedUsage, void, undefined> {
  // All values of an element have the same attributes, one after the other.
  let json = "{}";
  let parsed: JsonObject = {};
  for await (const { attributes, columns: _, ...usage } of readUsage({ storage, options: { signal } }, closing)) {
    if (attributes !== json) {
      json = attributes;
      parsed = toObject(attributes);
    }
    yield { ...usage, attributes: parsed };
  }
}

function toObject(json: string): JsonObject {
  const value = parseJson(json);
  // This package wrote it, and the digest of the file was checked.
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A day with its closings. Throws `period-open` if it is not closed. */
export function closedDay(storage: ObjectStorage, day: string, [first, ...others]: readonly Closing[]): ClosedDay {
  if (first !== undefined) return { day, closings: [first, ...others] };
  throw new MeteringError("period-open", `${day} of ${storage.name} is not closed. Close it first.`, {
    storage: storage.name,
  });
}
