import { stringifyJson, type JsonValue } from "@metering/core";

/** An attribute for people: texts as they are, everything else as JSON; `-` where an element has none. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "-";
  return typeof value === "string" ? value : stringifyJson(value);
}
