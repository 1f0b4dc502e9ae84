import { stringifyJson, type JsonValue } from "@metering/core";

/** How `--json` writes integers beyond 2^53−1: as JSON numbers, which many parsers round, or as text. */
export type Integers = "text" | "number";

/** A value for `--json`. Fields that are `undefined` are left out. */
export type JsonLine = { readonly [name: string]: JsonLineValue | undefined };
type JsonLineValue = JsonValue | readonly JsonLineValue[] | { readonly [name: string]: JsonLineValue | undefined };

/** One line of NDJSON, without its end. Integers are exact. */
export function toJsonLine(line: JsonLine, integers: Integers): string {
  return stringifyJson(toJson(line, integers));
}

/** The value as JSON, integers as chosen and fields that are `undefined` left out. */
export function toJson(value: JsonLineValue, integers: Integers): JsonValue {
  if (typeof value === "bigint") return integers === "text" && !isSafe(value) ? value.toString() : value;
  if (Array.isArray(value)) return value.map((item: JsonLineValue) => toJson(item, integers));
  if (typeof value !== "object" || value === null) return value;
  const fields: [string, JsonValue][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) fields.push([name, toJson(field, integers)]);
  }
  return Object.fromEntries(fields);
}

function isSafe(value: bigint): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
}
