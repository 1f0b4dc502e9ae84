import { MeteringError, type JsonValue, type MeteringElement } from "@metering/core";

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

/**
 * Sums metering values exactly, by any key. What is no metering value is left out, as is a value whose key is
 * `undefined`.
 *
 * @throws `invalid-argument` where one key is given to values of different units: those cannot be summed.
 *
 * @example
 * ```ts
 * const totals = await sumValues(elements, ({ name, element }) => `${element["logical_cluster_id"]} ${name}`);
 * ```
 */
export async function sumValues(
  elements: Iterable<MeteringElement | null> | AsyncIterable<MeteringElement | null>,
  keyOf: (value: NamedValue) => string | undefined,
): Promise<ReadonlyMap<string, Total>> {
  const totals = new Map<string, Total>();
  for await (const element of elements) {
    if (element === null) continue;
    for (const name of Object.keys(element)) {
      const amount = amountOf(element[name]);
      if (amount === undefined) continue;
      const key = keyOf({ name, ...amount, element });
      if (key === undefined) continue;
      const { value, unit } = totals.get(key) ?? { value: 0n, unit: amount.unit };
      if (unit !== amount.unit) mixedUnits(key, unit, amount.unit);
      totals.set(key, { value: value + amount.value, unit });
    }
  }
  return totals;
}

function amountOf(property: JsonValue | undefined): Total | undefined {
  if (typeof property !== "object" || property === null || !("value" in property) || !("unit" in property)) {
    return undefined;
  }
  const { value, unit } = property;
  if (typeof unit !== "string") return undefined;
  if (typeof value === "bigint") return { value, unit };
  return typeof value === "number" && Number.isSafeInteger(value) ? { value: BigInt(value), unit } : undefined;
}

function mixedUnits(key: string, unit: string, other: string): never {
  throw new MeteringError(
    "invalid-argument",
    `sumValues: ${JSON.stringify(key)} is the key of values in ${JSON.stringify(unit)} and in ${JSON.stringify(other)}. Make the unit part of the key.`,
  );
}
