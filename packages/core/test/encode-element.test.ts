import { checkElement, isMeteringError, stringifyJson, type JsonObject } from "@metering/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeElement } from "../src/encode-element.ts";
import { json } from "./any-json.ts";

const text = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

// Around every power of ten and of two, where digits are gained and exactness ends.
const nearPowers = fc
  .tuple(fc.constantFrom(2n, 10n), fc.integer({ min: 0, max: 64 }), fc.integer({ min: -2, max: 2 }))
  .map(([base, exponent, offset]) => base ** BigInt(exponent) + BigInt(offset))
  .filter((value) => value >= 0n && value < 2n ** 64n);
const exactInteger = fc
  .oneof(nearPowers, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 40n }))
  .chain((integer) =>
    integer <= BigInt(Number.MAX_SAFE_INTEGER) ? fc.constantFrom(integer, Number(integer)) : fc.constant(integer),
  );
const shortText = fc.oneof(
  fc.constantFrom(
    "",
    "seconds",
    "RU",
    'a"b',
    "a\\b",
    "\n",
    "ä",
    "\u{1f600}",
    "\ud800",
    "x".repeat(256),
    "x".repeat(257),
    "\u0001".repeat(256),
  ),
  fc.string(),
  fc.string({ unit: "binary" }),
);
const meteringValue = fc.oneof(
  fc.record({ value: exactInteger, unit: shortText }),
  fc.record({ unit: shortText, value: exactInteger }),
  fc.record({ value: exactInteger, unit: shortText, note: json }),
);
const element = fc
  .array(fc.tuple(shortText, fc.oneof(shortText, exactInteger, meteringValue, json)), { maxLength: 12 })
  .map((entries): JsonObject => Object.fromEntries(entries));

describe("an element's JSON", () => {
  it("has all its values exactly, or the element is rejected", () => {
    let refused = 0;
    fc.assert(
      fc.property(element, (given) => {
        try {
          checkElement(given, 0);
        } catch {
          refused++;
          let error: unknown;
          try {
            encodeElement(given, 0);
          } catch (thrown) {
            error = thrown;
          }
          expect(isMeteringError(error, "invalid-record")).toBe(true);
          return;
        }
        expect(text(encodeElement(given, 0))).toBe(stringifyJson(given));
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeLessThan(1000);
  });

  it("is exact at the edges", () => {
    const edges: readonly JsonObject[] = [
      {},
      { "": "" },
      { constructor: { value: 0, unit: "RU" } },
      Object.fromEntries([["__proto__", { value: 1, unit: "RU" }]]),
      { usage: { value: 999_999_999, unit: "RU" }, more: { value: 1_000_000_000, unit: "RU" } },
      { usage: { value: 8_999_999_999_999_999, unit: "RU" }, more: { value: 9_000_000_000_000_000, unit: "RU" } },
      { usage: { value: Number.MAX_SAFE_INTEGER, unit: "RU" }, more: { value: 18446744073709551615n, unit: "RU" } },
    ];
    for (const given of edges) expect(text(encodeElement(given, 0))).toBe(stringifyJson(given));
  });

  it("may be of any length, with any number of names and units", () => {
    const names = Array.from({ length: 3000 }, (_, i) => `name-${i}-${"x".repeat(i % 300)}`);
    const wide = Object.fromEntries(names.map((name, i) => [name, { value: i, unit: `unit-${i}` }]));
    expect(text(encodeElement(wide, 0))).toBe(JSON.stringify(wide));
    for (const [i, name] of names.entries()) {
      const narrow = { id: name, [name]: { value: i, unit: name } };
      expect(text(encodeElement(narrow, 0))).toBe(JSON.stringify(narrow));
    }
  });

  it("is complete at any position in the buffer", () => {
    const unit = "\u0001".repeat(200);
    for (let length = 63_500; length < 65_600; length += 21) {
      const filler = Object.fromEntries(
        Array.from({ length: Math.floor(length / 250) }, (_, i) => [`f${i}`, "x".repeat(240)]),
      );
      const given = { ...filler, rest: "x".repeat(length % 250), usage: { value: 1, unit } };
      expect(text(encodeElement(given, 0))).toBe(JSON.stringify(given));
    }
  });

  it.each([-1, -0, 1.5, NaN, 2 ** 53, -1n, 2n ** 64n, "1", null])("is not made of a metering value of %s", (value) => {
    let error: unknown;
    try {
      encodeElement({ usage: { value, unit: "RU" } }, 7);
    } catch (thrown) {
      error = thrown;
    }
    expect(isMeteringError(error, "invalid-record")).toBe(true);
    expect(String(error)).toContain("data[7].usage.value");
  });

  it("reads each property once, so that what was checked is what is stored", () => {
    let reads = 0;
    const usage = {
      get value() {
        return reads++ === 0 ? 1 : -1;
      },
      unit: "RU",
    };
    expect(text(encodeElement({ usage }, 0))).toBe('{"usage":{"value":1,"unit":"RU"}}');
  });
});
