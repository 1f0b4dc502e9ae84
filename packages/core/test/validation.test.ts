import {
  checkElement,
  checkMetadata,
  checkRecord,
  identifierProblem,
  isMeteringError,
  parseJson,
  parseOptions,
  type JsonObject,
  type MeteringElement,
} from "@metering/core";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { encodeElement } from "../src/encode-element.ts";

const record = { timestamp: 1755850380, category: "tidb-server", selfId: "tidbserver01", data: [] };

const elementJson = (element: MeteringElement): string => new TextDecoder().decode(encodeElement(element, 0));

function refusal(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    if (isMeteringError(error, "invalid-record")) return error.message;
    throw error;
  }
  throw new Error("was accepted");
}

describe("a metering value", () => {
  it.each([0, 1, 2 ** 53 - 1, 0n, 2n ** 53n, 2n ** 64n - 1n])("may be %s", (value) => {
    const element = { usage: { value, unit: "RU" } };
    expect(parseJson(elementJson(element))).toStrictEqual({
      usage: { value: value <= Number.MAX_SAFE_INTEGER ? Number(value) : value, unit: "RU" },
    });
  });

  it.each([-1, -0, 1.5, 2 ** 53, Number.NaN, Infinity, -1n, 2n ** 64n, "5", null, undefined, {}])(
    "may not be %s",
    (value) => {
      const message = refusal(() => checkElement({ usage: { value, unit: "RU" } }, 3));
      expect(message).toContain("data[3].usage.value");
    },
  );

  it("has a string as unit", () => {
    expect(refusal(() => checkElement({ usage: { value: 1, unit: 7 } }, 0))).toContain("data[0].usage.unit");
  });
});

describe("an element", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = { again: [cycle] };
  let deep: unknown = "end";
  for (let i = 0; i < 10_000; i++) deep = [deep];

  it.each([
    ["a function", { f: () => 1 }, "data[0].f"],
    ["a symbol", { s: [1, Symbol("x")] }, "data[0].s[1]"],
    ["NaN", { a: { b: [{ c: Number.NaN }] } }, "data[0].a.b[0].c"],
    ["infinity", { a: -Infinity }, "data[0].a"],
    ["undefined", { a: undefined }, "data[0].a"],
    ["a hole in an array", { a: [1, , 2] }, "data[0].a[1]"], // oxlint-disable-line no-sparse-arrays
    ["a date", { a: new Date(0) }, "data[0].a"],
    ["a map", { a: new Map() }, "data[0].a"],
    ["an object that says itself how it is written", { a: { toJSON: () => 1 } }, "data[0].a.toJSON"],
    ["a cycle", cycle, "data[0].self"],
    ["endless depth", { deep }, "data[0].deep"],
  ])("with %s is refused, its place named", (_, element, path) => {
    expect(refusal(() => checkElement(element, 0))).toContain(path);
  });

  it.each([null, [], "text", 5, undefined, new Date(0)])("is a plain object, not %s", (element) => {
    expect(refusal(() => checkElement(element, 0))).toContain("data[0] ");
  });

  it("keeps everything that JSON can hold, including bigints, exactly", () => {
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constant(null),
        fc.boolean(),
        fc.string({ unit: "grapheme" }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.bigInt().filter((n) => n > 2n ** 53n || n < -(2n ** 53n)),
        fc.array(tie("json")),
        fc.dictionary(fc.string(), tie("json"), { noNullPrototype: true }),
      ),
    })).json;
    const element = fc
      .dictionary(fc.string(), value, { noNullPrototype: true })
      .map((entries) => ({ nested: entries }) as JsonObject);
    fc.assert(
      fc.property(element, (given) => {
        const before = structuredClone(given);
        expect(isDeepStrictEqual(parseJson(elementJson(given)), given)).toBe(true);
        expect(isDeepStrictEqual(given, before)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a value without a unit", { ru: { value: 1 } }, "data[0].ru"],
    ["a value with a misspelt unit", { ru: { value: 2n, units: "s" } }, "data[0].ru"],
    ["a metering value in an object", { usage: { ru: { value: 1, unit: "RU" } } }, "data[0].usage.ru"],
    ["a metering value in an array", { usage: [{ value: 1, unit: "RU" }] }, "data[0].usage[0]"],
  ])("with %s, which no sum would count, is refused unless that is meant", (_, element, path) => {
    expect(refusal(() => checkElement(element, 0))).toContain(path);
    expect(() => checkElement(element, 0, "allow")).not.toThrow();
  });

  it("may have properties named value or unit that are no amounts", () => {
    expect(checkElement({ setting: { value: "on" }, size: { unit: "GB" }, value: 1, unit: "s" }, 0)).toBe(false);
  });

  it.each([
    ["a text", { a: "\ud800" }],
    ["a name", { "\ud800": 1 }],
    ["a nested name", { a: { "x\udc00": 1 } }],
    ["a unit", { ru: { value: 1, unit: "\ud800" } }],
  ])("with a lone surrogate in %s is refused: the Go SDK would read another text", (_, element) => {
    expect(refusal(() => checkElement(element, 0))).toContain("well-formed");
    expect(refusal(() => encodeElement(element, 0))).toContain("well-formed");
  });
});

describe("a record", () => {
  it.each([
    ["timestamp", 1755850381],
    ["timestamp", 0],
    ["timestamp", -60],
    ["timestamp", "1755850380"],
    ["timestamp", 1755850380.5],
    ["timestamp", Number.NaN],
    ["category", ""],
    ["category", "a/b"],
    ["category", ".."],
    ["category", "x".repeat(256)],
    ["selfId", "with-dash"],
    ["selfId", undefined],
    ["sharedPoolId", "a\u0000"],
    ["sharedPoolId", "\ud800"],
    ["data", undefined],
    ["data", "text"],
    ["data", 5],
  ])("with the %s %j is refused, the field named", (field, value) => {
    expect(refusal(() => checkRecord({ ...record, [field]: value }))).toContain(field);
  });

  it.each([1755850380000, new Date(1755850380000)])(
    "with the timestamp %s is told which helper to use",
    (timestamp) => {
      expect(refusal(() => checkRecord({ ...record, timestamp }))).toMatch(/timestamp.*toMinute\(date\)/);
    },
  );

  it("with a host name as self id gets a hint how to create one", () => {
    expect(refusal(() => checkRecord({ ...record, selfId: "gw-7f9c" }))).toContain("newSelfId");
  });

  it("with a misspelt field is rejected, so that a typing error loses no pool", () => {
    expect(refusal(() => checkRecord({ ...record, sharedPoolID: "p" }))).toContain("sharedPoolID");
  });

  it.each([undefined, null, 5, "text", []])("is not %j", (value) => {
    refusal(() => checkRecord(value));
  });

  it("may come with any iterable of elements", () => {
    const data = new Set([{ a: 1 }]);
    expect(checkRecord({ ...record, data }).data).toBe(data);
  });

  it("has rules that compose with schemas of others", () => {
    const service = z.object({ category: z.string().refine((name) => identifierProblem(name) === undefined) });
    expect(service.safeParse({ category: record.category }).success).toBe(true);
    expect(service.safeParse({ category: "a/b" }).success).toBe(false);
  });
});

describe("options of an app's own", () => {
  const schema = z.object({ port: z.number(), token: z.string().min(5) });

  it("are checked by a schema of zod and come out with its types", () => {
    const { port } = parseOptions(schema, { port: 80, token: "secret" }, "Server");
    expect(port + 1).toBe(81);
  });

  it("that break rules are all named, and no possible secret is shown", () => {
    const parse = () => parseOptions(schema, { port: "80", token: "abc" }, "Server");
    expect(parse).toThrow(/port/);
    expect(parse).toThrow(/token/);
    expect(parse).not.toThrow(/abc/);
  });
});

describe("metadata", () => {
  const metadata = { type: "logic", clusterId: "lc-1", modifyTs: 1755850000, metadata: { size: 2n ** 60n } };

  it("may hold any JSON object", () => {
    expect(checkMetadata(metadata)).toStrictEqual(metadata);
  });

  it.each([
    ["type", "other"],
    ["type", undefined],
    ["clusterId", "a/b"],
    ["category", ".."],
    ["modifyTs", 0],
    ["modifyTs", 1.5],
    ["modifyTs", Date.now()],
    ["metadata", { a: "\ud800" }],
    ["metadata", null],
    ["metadata", { a: () => 1 }],
  ])("with the %s %j is refused, the field named", (field, value) => {
    expect(refusal(() => checkMetadata({ ...metadata, [field]: value }))).toContain(field);
  });
});

it("an error shortens the value that it quotes", () => {
  expect(refusal(() => checkRecord({ ...record, category: "/".repeat(100_000) })).length).toBeLessThan(500);
  expect(
    refusal(() => checkElement({ ["k".repeat(100_000)]: { value: 10n ** 10_000n, unit: "" } }, 0)).length,
  ).toBeLessThan(1000);
});
