import { isMeteringValue, MeteringError, type MeteringElement } from "@metering/core";
import type { OnFinding } from "./findings.ts";
import { uncountedAmount } from "./uncounted-amount.ts";

/** A metering value as a property of its element. */
export interface NamedValue {
  /** Name of the property. */
  readonly name: string;
  readonly value: bigint;
  readonly unit: string;
  readonly element: MeteringElement;
}

/** An exact sum and its unit. */
export interface Total {
  readonly value: bigint;
  readonly unit: string;
}

/** How values are summed. */
export interface SumOptions {
  /**
   * Told of every amount that is not counted (`invalid-amount`): one that is no integer from 0 to 2^64−1, has no unit, or
   * is nested in another object or array. Default: summing stops at the first.
   */
  readonly onFinding?: OnFinding | undefined;
}

/**
 * Sums metering values exactly, by any key. A value whose key is `undefined` is left out.
 *
 * @throws `invalid-argument` if values of different units have the same key; `invalid-amount` for an amount that cannot be
 *   counted, unless `onFinding` is given.
 *
 * @example
 * ```ts
 * const totals = await sumValues(elements, ({ name, element }) => `${element["logical_cluster_id"]} ${name}`);
 * ```
 */
export async function sumValues(
  elements: Iterable<MeteringElement | null> | AsyncIterable<MeteringElement | null>,
  keyOf: (value: NamedValue) => string | undefined,
  { onFinding }: SumOptions = {},
): Promise<ReadonlyMap<string, Total>> {
  const totals = new Map<string, Total>();
  for await (const element of elements) {
    if (element === null) continue;
    for (const name of Object.keys(element)) {
      const property = element[name];
      if (!isMeteringValue(property)) {
        const finding = uncountedAmount(name, property);
        if (finding !== undefined) report(finding, onFinding);
        continue;
      }
      const value = BigInt(property.value);
      const key = keyOf({ name, value, unit: property.unit, element });
      if (key === undefined) continue;
      const total = totals.get(key) ?? { value: 0n, unit: property.unit };
      if (total.unit !== property.unit) throw mixedUnits(key, total.unit, property.unit);
      totals.set(key, { value: total.value + value, unit: total.unit });
    }
  }
  return totals;
}

function report(finding: MeteringError, onFinding: OnFinding | undefined): void {
  if (onFinding === undefined) throw finding;
  onFinding(finding);
}

function mixedUnits(key: string, unit: string, other: string): MeteringError {
  return new MeteringError(
    "invalid-argument",
    `sumValues: ${JSON.stringify(key)} is the key of values in ${JSON.stringify(unit)} and in ${JSON.stringify(other)}. Make the unit part of the key.`,
  );
}
