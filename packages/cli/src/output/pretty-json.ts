import { stringifyJson, type JsonValue } from "@metering/core";

/** An object or list that fits on a line stays on one, such as a metering value. */
const lineWidth = 80;

/** JSON for people, integers exact. */
export function prettyJson(value: JsonValue, indent = ""): string {
  const compact = stringifyJson(value);
  if (typeof value !== "object" || value === null || compact.length + indent.length <= lineWidth) return compact;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const items = Array.isArray(value)
    ? value.map((item: JsonValue) => prettyJson(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${prettyJson(item, inner)}`);
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}
