import type { JsonObject, JsonValue } from "./record.ts";

/** The value as compact JSON, integers exact. Expects a value that JSON can hold, as {@link checkElement} finds out. */
export function stringifyJson(value: JsonValue): string {
  switch (typeof value) {
    case "bigint":
      return value.toString();
    case "number":
      // With its exponent, a number too large to be exact is read back as a number, not as a bigint.
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
      return Object.is(value, -0) ? "-0" : JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (isJsonArray(value)) return `[${value.map((item) => stringifyJson(item)).join(",")}]`;
      return `{${Object.entries(value)
        .map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`)
        .join(",")}}`;
    default:
      return JSON.stringify(value);
  }
}

export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Most files hold no integer beyond 2^53−1 (9007199254740991), and then the platform's parser is exact. Such an integer
// has 17 digits, or 16 of which the first is a 9, behind a structural character; strings rarely look like that.
const bigIntegerLike = /(?:^|[[:,])\s*(-?(?:9\d{15,}|[1-8]\d{16,}))(?=\s*(?:[,\]}]|$))/g;

// Making a bigint takes more than linear time: without a bound, a file of a few kilobytes could block for seconds.
const maxDigits = 10_000;

/**
 * Parses JSON, integers exact: `number` while safe, `bigint` beyond ±(2^53−1).
 *
 * @throws `SyntaxError` for anything but one JSON value; also where it holds an integer of more than 10,000 digits, or
 *   holds big integers and is nested some thousands of levels deep.
 */
export function parseJson(text: string): JsonValue {
  const rounded: JsonValue = JSON.parse(text);
  if (text.search(bigIntegerLike) === -1) return rounded;
  const quotedText = quoteBigIntegers(text);
  if (quotedText === text) return rounded;
  // A second reading has every big integer as a string. Where the first one has a number, it was one.
  const quoted: JsonValue = JSON.parse(quotedText);
  try {
    return restoreBigIntegers(quoted, rounded);
  } catch (error) {
    throw error instanceof RangeError ? new SyntaxError("It is nested too deeply.", { cause: error }) : error;
  }
}

function quoteBigIntegers(text: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let outside = 0;
  let open = text.indexOf('"');
  for (const match of text.matchAll(bigIntegerLike)) {
    while (open !== -1 && open < match.index) {
      outside = closingQuote(text, open) + 1;
      open = text.indexOf('"', outside);
    }
    const digits = match[1] ?? "";
    if (outside > match.index + 1 || Number.isSafeInteger(Number(digits))) continue;
    if (digits.length > maxDigits) throw new SyntaxError(`An integer has more than ${maxDigits} digits.`);
    const end = match.index + match[0].length;
    pieces.push(text.slice(copied, end - digits.length), '"', digits, '"');
    copied = end;
  }
  if (pieces.length === 0) return text;
  pieces.push(text.slice(copied));
  return pieces.join("");
}

function closingQuote(text: string, open: number): number {
  let quote = open;
  let escapes: number;
  do {
    quote = text.indexOf('"', quote + 1);
    escapes = 0;
    while (text[quote - 1 - escapes] === "\\") escapes++;
  } while (escapes % 2 === 1);
  return quote;
}

function restoreBigIntegers(quoted: JsonValue, rounded: JsonValue): JsonValue {
  if (typeof quoted === "string") return typeof rounded === "number" ? BigInt(quoted) : quoted;
  if (typeof quoted !== "object" || quoted === null) return quoted;
  // Both readings have the same shape, and the first is this function's own to change.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- arrays are indexed by their keys just the same
  const target = quoted as Record<string, JsonValue>;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const other = rounded as Record<string, JsonValue>;
  for (const key of Object.keys(target)) {
    const value = target[key];
    const twin = other[key];
    if (value !== undefined && twin !== undefined) target[key] = restoreBigIntegers(value, twin);
  }
  return quoted;
}
