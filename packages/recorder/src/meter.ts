import type { Attributes } from "./attributes.ts";
import type { Combine } from "./column.ts";

/** A meter as its rows know it. */
export interface MeterDefinition {
  readonly index: number;
  /** Property of the element. */
  readonly name: string;
  /** With a unit, the property is a metering value; without, a plain integer. */
  readonly unit: string | undefined;
  readonly combine: Combine;
}

/** How a meter is made. */
export interface MeterOptions {
  /** With a unit, rows hold `{ value, unit }`; without, a plain integer that no sum of metering values counts. */
  readonly unit?: string | undefined;
}

/** What a gauge keeps of the values that it observes in a minute. */
export type Keep = "last" | "max" | "sum";

/** How a gauge is made. */
export interface GaugeOptions extends MeterOptions {
  readonly keep: Keep;
}

/** Adds amounts. */
export interface Counter {
  /**
   * Adds to the row with these attributes in the minute that is open now. Synchronous and exact.
   *
   * @param amount An integer from 0 to 2^64−1, a bigint beyond 2^53−1. Default: 1.
   * @throws `invalid-argument` if the amount or an attribute is invalid, or the sum would go beyond 2^64−1; `too-large` if
   *   the minute has too many rows; `out-of-space` if too many minutes wait for the sink; `closed`. Nothing changes then.
   */
  add(attributes: Attributes, amount?: number | bigint): void;
  /** The row with these attributes, for callers that add to it often. It stays valid over all minutes. */
  row(attributes: Attributes): CounterRow;
}

/** One row of a counter. */
export interface CounterRow {
  /** Adds to this row. Throws as {@link Counter.add}. */
  add(amount?: number | bigint): void;
}

/** Observes values. */
export interface Gauge {
  /** Observes a value in the row with these attributes. Throws as {@link Counter.add}. */
  observe(attributes: Attributes, value: number | bigint): void;
}
