import { MeteringError } from "./errors.ts";
import type { MeteringValue } from "./record.ts";

/** The largest amount: 2^64−1. */
export const maxAmount = 2n ** 64n - 1n;

/** Whether `value` is an amount: an integer from 0 to 2^64−1, a `number` while that is safe and a `bigint` otherwise. */
export function isAmount(value: unknown): value is number | bigint {
  return amountRule(value) === undefined;
}

/** Whether a property of an element is a metering value, and so counted by every sum. */
export function isMeteringValue(property: unknown): property is MeteringValue {
  if (typeof property !== "object" || property === null || Array.isArray(property)) return false;
  return "value" in property && isAmount(property.value) && "unit" in property && typeof property.unit === "string";
}

/** The rule that a value breaks as an amount, or `undefined`. */
export function amountRule(value: unknown): string | undefined {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) return undefined;
    return "must be an integer from 0 to 2^53-1 (a bigint beyond, up to 2^64-1)";
  }
  if (typeof value === "bigint" && value >= 0n && value <= maxAmount) return undefined;
  return "must be a number or bigint from 0 to 2^64-1";
}

/**
 * Makes a metering value, checked.
 *
 * @param value An integer from 0 to 2^64−1: a `bigint` beyond 2^53−1.
 * @throws `invalid-argument` if the value is not such an integer or the unit is empty.
 *
 * @example
 * ```ts
 * const element = { cluster_id: "c-1", stored: meteringValue(18_446_744_073_709_551_615n, "bytes") };
 * ```
 */
export function meteringValue(value: number | bigint, unit: string): MeteringValue {
  const rule = amountRule(value);
  if (rule !== undefined) throw new MeteringError("invalid-argument", `The value ${rule}, got ${String(value)}.`);
  if (unit === "") throw new MeteringError("invalid-argument", "The unit must not be empty.");
  return { value, unit };
}
