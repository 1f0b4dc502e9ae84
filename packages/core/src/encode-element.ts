import { maxAmount } from "./amount.ts";
import { checkElement, isPlainObject, type UncountedValues } from "./element.ts";
import { stringifyJson } from "./json.ts";
import type { MeteringElement } from "./record.ts";

const encoder = new TextEncoder();
const scratch = new Uint8Array(64 * 1024);

/**
 * Checks an element and encodes it as JSON in UTF-8, integers exact. The bytes are valid until the next call.
 *
 * @param index Index of the element in the record's data.
 * @throws `invalid-record` if it breaks a rule.
 */
export function encodeElement(
  element: MeteringElement,
  index: number,
  uncountedValues: UncountedValues = "refuse",
): Uint8Array {
  const length = encodeUsual(element);
  if (length !== undefined) return scratch.subarray(0, length);
  const json = checkElement(element, index, uncountedValues) ? stringifyJson(element) : JSON.stringify(element);
  if (json.length * 3 > scratch.length) return encoder.encode(json);
  return scratch.subarray(0, encoder.encodeInto(json, scratch).written);
}

// Nearly all elements are alike: short texts, integers, and metering values with the same few names and units. Writing
// those straight to bytes while checking them takes less than half the time of checking, stringifying and encoding.
// Every other element takes the slow path, which also reports what is wrong.

/** Writes a usual element to `scratch` and returns its length, or `undefined` for any other element. */
function encodeUsual(element: unknown): number | undefined {
  if (!isPlainObject(element)) return undefined;
  let at = 0;
  for (const name of Object.keys(element)) {
    const token = nameTokens.get(name) ?? addToken(nameTokens, name, `,${JSON.stringify(name)}:`);
    if (token === undefined) return undefined;
    if (at + token.length + maxPropertyBytes > scratch.length) return undefined;
    at = writeBytes(token, at);
    const end = encodeProperty(element[name], at);
    if (end === undefined) return undefined;
    at = end;
  }
  if (at === 0) return undefined;
  // The opening brace replaces the first comma.
  scratch[0] = 0x7b;
  scratch[at++] = 0x7d;
  return at;
}

// Longer texts are unusual. A property also needs room for an integer of 20 digits and its punctuation.
const maxTextLength = 256;
const maxPropertyBytes = maxTextLength + 128;

function encodeProperty(property: unknown, at: number): number | undefined {
  if (typeof property === "string") return property.length > maxTextLength ? undefined : encodeText(property, at);
  if (typeof property === "number") return encodeInteger(property, at);
  return isPlainObject(property) ? encodeMeteringValue(property, at) : undefined;
}

function encodeMeteringValue(property: Readonly<Record<string, unknown>>, at: number): number | undefined {
  let count = 0;
  for (const key in property) if (key !== meteringValueKeys[count++]) return undefined;
  const { value, unit } = property;
  if (typeof unit !== "string") return undefined;
  const token = unitTokens.get(unit) ?? addToken(unitTokens, unit, `,"unit":${JSON.stringify(unit)}}`);
  if (token === undefined || token.length > maxTextLength) return undefined;
  const start = writeBytes(valueToken, at);
  const end = typeof value === "bigint" ? encodeBigInt(value, start) : encodeInteger(value, start);
  return end === undefined ? undefined : writeBytes(token, end);
}

const meteringValueKeys: readonly string[] = ["value", "unit"];
const valueToken = encoder.encode('{"value":');

function encodeText(text: string, start: number): number | undefined {
  let at = start;
  scratch[at++] = 0x22;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return undefined;
    scratch[at++] = unit;
  }
  scratch[at++] = 0x22;
  return at;
}

function encodeInteger(value: unknown, at: number): number | undefined {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) return undefined;
  if (value < billion) return encodeDigits(value, digitsOf(value), at);
  const low = value % billion;
  const high = (value - low) / billion;
  return encodeDigits(low, 9, encodeDigits(high, digitsOf(high), at));
}

const billion = 1_000_000_000;

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

function encodeDigits(value: number, digits: number, at: number): number {
  let rest = value;
  for (let place = at + digits - 1; place >= at; place--) {
    const tenth = Math.trunc(rest / 10);
    scratch[place] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  return at + digits;
}

function encodeBigInt(value: bigint, at: number): number | undefined {
  return value >= 0n && value <= maxAmount
    ? at + encoder.encodeInto(value.toString(), scratch.subarray(at)).written
    : undefined;
}

function writeBytes(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < bytes.length; i++) scratch[at + i] = bytes[i] ?? 0;
  return at + bytes.length;
}

type Tokens = Map<string, Uint8Array>;

/** JSON of names and units with the punctuation around them. */
const nameTokens: Tokens = new Map();
const unitTokens: Tokens = new Map();
const maxTokens = 1000;

/** `undefined` if the text may not be stored. */
function addToken(tokens: Tokens, text: string, json: string): Uint8Array | undefined {
  if (!text.isWellFormed()) return undefined;
  const token = encoder.encode(json);
  if (tokens.size < maxTokens && text.length <= maxTextLength) tokens.set(text, token);
  return token;
}
