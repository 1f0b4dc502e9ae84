import { isDeepStrictEqual } from "node:util";
import { parseJson, stringifyJson } from "@metering/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { json } from "./any-json.ts";

describe("JSON", () => {
  it("reads any value back unchanged, including integers of up to 40 digits, -0 and doubles", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(isDeepStrictEqual(parseJson(stringifyJson(value)), value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads what JSON.stringify wrote, with or without white space", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const parsed = parseJson(text);
        // Integers that JSON.parse would round come as bigints: the one difference.
        const rounded: unknown = JSON.parse(stringifyJson(parsed));
        expect(isDeepStrictEqual(rounded, JSON.parse(text))).toBe(true);
      }),
    );
  });

  it.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["-9007199254740993", -9007199254740993n],
    ["18446744073709551615", 18446744073709551615n],
    ["1e20", 1e20],
    ["1e308", 1e308],
    ["0.00001e312", 1e307],
    ["100000000000000000000", 100000000000000000000n],
    ["1234567890123456.5", 1234567890123456.5],
    [" 12345678901234567890 ", 12345678901234567890n],
  ])("reads %s without rounding it", (text, value) => {
    expect(parseJson(text)).toBe(value);
    expect(parseJson(`{"a":[ ${text} , ${text}]}`)).toStrictEqual({ a: [value, value] });
  });

  it.each([
    "",
    "{",
    "[1,]",
    "[01234567890123456789]",
    "{12345678901234567890:1}",
    "[12345678901234567890 1]",
    "[-]",
    "[12345678901234567890}",
    '["]',
    "1e400",
    "[-1E+309]",
    `{"a":${"9".repeat(300)}e9}`,
    `[${"9".repeat(400)}.5]`,
    `[${"9".repeat(10_001)}]`,
    `${"[".repeat(100_000)}9007199254740993${"]".repeat(100_000)}`,
  ])("refuses %j: no JSON, or more than can be read in good time", (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it("reads keys such as __proto__ as plain properties", () => {
    const value = parseJson('{"__proto__":{"polluted":12345678901234567890},"constructor":{"prototype":1}}');
    expect(Object.keys(value as object)).toStrictEqual(["__proto__", "constructor"]);
    expect({}).not.toHaveProperty("polluted");
  });

  it("takes time proportional to the length of any text", () => {
    const big = "12345678901234567890";
    expect(parseJson(`[${Array(100_000).fill(big).join(",")}]`)).toHaveLength(100_000);
    expect(parseJson(`["${"\\\\".repeat(500_000)}",${big}]`)).toHaveLength(2);
    expect(parseJson(`["${'\\"'.repeat(500_000)}",${big}]`)).toHaveLength(2);
    expect(parseJson(`[${"9".repeat(10_000)}]`)).toStrictEqual([BigInt("9".repeat(10_000))]);
    expect(parseJson(`[${" ".repeat(1_000_000)}${big}]`)).toHaveLength(1);
  });
});
