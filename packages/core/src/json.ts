import type { JsonObject, JsonValue } from "./record.ts";

/** Compact JSON of a value, integers exact. The value must be one that JSON can hold. */
export function stringifyJson(value: JsonValue): string {
  switch (typeof value) {
    case "bigint":
      return value.toString();
    case "number":
      // With an exponent, an unsafe number is read back as a number, not as a bigint.
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

// Most files hold no integer beyond 2^53−1 (9007199254740991), and for those the platform's parser is exact. Such an
// integer has 17 digits, or 16 starting with a 9, after a structural character; strings rarely look like that.
const bigIntegerLike = /(?:^|[[:,])\s*(-?(?:9\d{15,}|[1-8]\d{16,}))(?=\s*(?:[,\]}]|$))/g;

// Making a bigint takes more than linear time: without a limit, a file of a few kilobytes could block for seconds.
const maxDigits = 10_000;

// Only a number with 100 digits or an exponent of three can be beyond the largest number, 1.8e308.
const hugeNumberLike = /\d[eE]\+?\d{3}|\d{100}/;

/**
 * Parses JSON, integers exact: `number` while safe, `bigint` beyond ±(2^53−1).
 *
 * @throws `SyntaxError` for anything but one JSON value. Also for a number beyond the largest one that JavaScript has
 *   (such as `1e400`), an integer of more than 10,000 digits, and text that holds big integers and is nested thousands of
 *   levels deep.
 */
export function parseJson(text: string): JsonValue {
  const value = parseExactly(text);
  if (hugeNumberLike.test(text) && hasInfinity(value)) throw new SyntaxError("A number is too large.");
  return value;
}

function hasInfinity(value: JsonValue): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some((item) => hasInfinity(item));
}

function parseExactly(text: string): JsonValue {
  const rounded: JsonValue = JSON.parse(text);
  if (text.search(bigIntegerLike) === -1) return rounded;
  const quotedText = quoteBigIntegers(text);
  if (quotedText === text) return rounded;
  // The second parse has every big integer as a string. It was a number if the first parse has a number there.
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
  // Both have the same shape, and the first belongs to this function.
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
