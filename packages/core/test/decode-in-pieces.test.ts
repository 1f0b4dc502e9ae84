import { isDeepStrictEqual } from "node:util";
import { gzipSync } from "node:zlib";
import { parseJson, stringifyJson, type JsonObject } from "@metering/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInPieces, type DecodeLimits } from "../src/decode-in-pieces.ts";
import { json } from "./any-json.ts";
import { referenceParse } from "./reference-json.ts";

const limits: DecodeLimits = { maxBytes: 64 * 1024 * 1024, bytesPerValue: 8, pieceBytes: 64 * 1024 };
const gzip = (text: string | Uint8Array): Uint8Array => gzipSync(text, { level: 1 });
// Texts as short as some here may be dense.
const shortLimits: DecodeLimits = { ...limits, bytesPerValue: 1 };
const pieceSizes = fc.integer({ min: 1, max: 200 });

/** A page's body with any fields before and after its elements, such as a manifest. */
const fields = fc.dictionary(fc.string(), json, { maxKeys: 4 }).map(({ data: _replaced, ...others }) => others);
const body = fc
  .record({ before: fields, data: fc.array(json, { maxLength: 20 }), after: fc.oneof(fc.constant({}), fields) })
  .map(({ before, data, after }): JsonObject => ({ ...before, data, ...after }));

function parsed(text: string): unknown {
  try {
    return referenceParse(text);
  } catch {
    return undefined;
  }
}

describe("a page decoded piece by piece", () => {
  it("equals the page for any size of the pieces", async () => {
    let inPieces = 0;
    await fc.assert(
      fc.asyncProperty(body, pieceSizes, async (value, pieceBytes) => {
        const decoded = await decodeInPieces(gzip(stringifyJson(value)), { ...shortLimits, pieceBytes });
        if (decoded === undefined) return;
        inPieces++;
        expect(isDeepStrictEqual(decoded, value)).toBe(true);
        expect(isDeepStrictEqual(decoded, referenceParse(stringifyJson(value)))).toBe(true);
      }),
      { numRuns: 300 },
    );
    // Others have a list in front of their data, or fields that do not fit into the first pieces.
    expect(inPieces).toBeGreaterThan(30);
  });

  it("equals the page decoded whole, or is left to decoding it whole, even for damaged bytes", async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      remove: fc.integer({ min: 0, max: 3 }),
      insert: fc.oneof(
        fc.constantFrom("", ",", ",,", "[", "]", "{", "}", "]}", '"', "\\", "1", "\n", "\ufeff", "null"),
        fc.string(),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.array(change, { minLength: 1, maxLength: 3 }),
        pieceSizes,
        async (value, changes, pieceBytes) => {
          const text = changes.reduce((before, { at, remove, insert }) => {
            const place = Math.floor(at * before.length);
            return before.slice(0, place) + insert + before.slice(place + remove);
          }, stringifyJson(value));
          const decoded = await decodeInPieces(gzip(text), { ...shortLimits, pieceBytes });
          if (decoded !== undefined) expect(isDeepStrictEqual(decoded, parsed(text.toWellFormed()))).toBe(true);
        },
      ),
      { numRuns: 800 },
    );
  });

  it.each([
    ['{"data":[1,2,3]}', 1],
    ['{"data":[]}', 1],
    [' { "a" : 1 , "data" : [ 1 , 2 ] } \n', 12],
    ['{"data":[1,2],"parts":2,"digests":["9ae0daaf000ffffa"]}', 60],
    ['{"data":[1e2,{"a":true,"b":2.5e+3}],"parts":1}', 15],
    ['{"data":["],}",{"a":[[1],"\\\\"]}]}', 4],
    [`{"data":[{"a":"${"x".repeat(500)}"},{"b":1}]}`, 10],
    [`{"data":[${Array(100).fill("18446744073709551615").join()}]}`, 7],
    ['{"data":[9007199254740993,9007199254740991,-9007199254740993]}', 5],
  ])("holds for %s", async (text, pieceBytes) => {
    expect(
      await decodeInPieces(gzip(text), { ...shortLimits, pieceBytes: Math.max(pieceBytes, text.indexOf("[") + 1) }),
    ).toStrictEqual(parseJson(text));
  });

  it.each([
    '{"data":[1,]}',
    '{"data":[,1]}',
    '{"data":[1,,2]}',
    '{"data":[ ,]}',
    '{"data":[1}}',
    '{"data":[1]]',
    '{"data":[1]}}',
    '{"data":[1],"data":2}',
    '{"data":[1],}',
    '{"data":[1]"parts":1}',
    '{"data":[1],"parts"}',
    '{"data":[1]',
    '{"data":[1',
    '{"data":["1]}',
    '{"tags":[1],"data":[1]}',
    '{"tags":[1]}',
    '{"data":{"a":[1]}}',
    "[[1]]",
    "[]",
    "",
  ])("leaves %s to reading the whole", async (text) => {
    // With room between, the list is cut at each comma.
    for (const given of [text, text.replaceAll(",", `,${" ".repeat(40)}`)]) {
      for (const pieceBytes of [1, 2, 9, 30, 1000]) {
        expect(await decodeInPieces(gzip(given), { ...shortLimits, pieceBytes })).toBeUndefined();
      }
    }
  });

  it("leaves input that breaks a limit, or is not gzip or UTF-8, to decoding it whole", async () => {
    const usual = JSON.stringify({ data: Array.from({ length: 1000 }, (_, i) => ({ value: i, unit: "seconds" })) });
    expect(await decodeInPieces(gzip(usual), limits)).toBeDefined();
    expect(await decodeInPieces(gzip(usual), { ...limits, maxBytes: usual.length - 1 })).toBeUndefined();
    expect(await decodeInPieces(gzip(usual).subarray(0, -9), limits)).toBeUndefined();
    expect(await decodeInPieces(Buffer.from(usual), limits)).toBeUndefined();
    expect(
      await decodeInPieces(gzip(Buffer.from(usual.replace("seconds", "\u00e4"), "latin1")), limits),
    ).toBeUndefined();
    const dense = `{"data":[${Array(500_000).fill("{}").join()}]}`;
    expect(await decodeInPieces(gzip(dense), limits)).toBeUndefined();
  });

  it("reads a large file of several gzip members, and no bytes after its end", async () => {
    const element = stringifyJson({
      logical_cluster_id: "lc-ä-1",
      storage: { value: 9007199254740993n, unit: "bytes" },
    });
    const text = `{"part":0,"data":[${Array(20_000).fill(element).join()}]}`;
    const half = Math.floor(text.length / 2);
    const whole = gzip(text);
    const decoded = await decodeInPieces(whole, limits);
    expect(decoded).toMatchObject({ part: 0 });
    expect(isDeepStrictEqual(decoded, parseJson(text))).toBe(true);
    const members = Buffer.concat([gzip(text.slice(0, half)), gzip(text.slice(half))]);
    expect(isDeepStrictEqual(await decodeInPieces(members, limits), parseJson(text))).toBe(true);
    for (const behind of [Buffer.alloc(9), Buffer.from([0, 0, 0, 0, 0xff, 0xff, 0xff, 0x0f])]) {
      expect(await decodeInPieces(Buffer.concat([whole, behind]), limits)).toBeUndefined();
    }
    expect(await decodeInPieces(whole.subarray(0, -100), limits)).toBeUndefined();
  });
});
