import { MeteringError, type JsonValue } from "@metering/core";

/**
 * The finding for a property of an element that is no metering value but looks like an amount (`invalid-amount`): one that
 * is no integer from 0 to 2^64−1, has no unit, or is nested in another object or array. `undefined` for all others.
 *
 * @param name Name of the property: for the message.
 */
export function uncountedAmount(name: string, property: JsonValue | undefined): MeteringError | undefined {
  const path = pathOfAmount(property, name);
  if (path === undefined) return undefined;
  return new MeteringError(
    "invalid-amount",
    `${path} looks like an amount and is not counted: an amount is a property of its element, { value, unit }, with an integer from 0 to 2^64-1 and a text. To sum the others, pass onFinding.`,
  );
}

/** Path of the first thing in a property that looks like an amount and is not counted. */
function pathOfAmount(property: JsonValue | undefined, path: string): string | undefined {
  if (typeof property !== "object" || property === null) return undefined;
  if ("value" in property && ("unit" in property || isNumeric(property["value"]))) return path;
  for (const [name, value] of Object.entries(property)) {
    const found = pathOfAmount(value, `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isNumeric = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
