import { deepStrictEqual } from "node:assert";
import { pageDigest, type JsonObject, type JsonValue, type MeteringRecord } from "@metering/core";
import { MeteringReader, sumValues } from "@metering/reader";
import { MeteringWriter } from "@metering/writer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { collect } from "@metering/test-helpers";

const segment = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 10 })
  .filter((text) => !/[/\\:*?"<>|\u0000-\u001f\u007f-]/.test(text) && text.isWellFormed() && !/^\.+/.test(text));
const uint64 = fc
  .bigInt({ min: 0n, max: 2n ** 64n - 1n })
  .map((value) => (value <= Number.MAX_SAFE_INTEGER ? Number(value) : value));
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
  ),
})).value;
const element: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.string(),
  fc.oneof(
    fc.record({ value: uint64, unit: fc.string() }, { noNullPrototype: true }),
    json.filter((value) => typeof value !== "object" || value === null || Array.isArray(value) || !("unit" in value)),
  ),
  { noNullPrototype: true },
);
const record = fc.record(
  {
    timestamp: fc.integer({ min: 1, max: 10 ** 8 }).map((minute) => minute * 60),
    category: segment,
    selfId: segment,
    sharedPoolId: segment,
    data: fc.array(element, { maxLength: 20 }),
  },
  { requiredKeys: ["timestamp", "category", "selfId", "data"], noNullPrototype: true },
);

it("any valid record is read back as it was written", async () => {
  await fc.assert(
    fc.asyncProperty(
      record,
      fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
      async (given, pageSizeBytes) => {
        const storage = new MemoryStorage({ prefix: "some/prefix" });
        const { data, ...id } = given;
        const receipt = await new MeteringWriter(storage, { pageSizeBytes, uncountedValues: "allow" }).write(
          given satisfies MeteringRecord,
        );
        const read = await new MeteringReader(storage).readRecord(id);
        const keys = receipt.parts.map(({ key }) => key);
        const digests = await Promise.all(keys.map(async (key) => pageDigest(await storage.get(key))));
        deepStrictEqual(read, { ...id, state: "complete", keys, digests, data });
      },
    ),
    { numRuns: 100 },
  );
});

describe("sums", () => {
  it("are exact far beyond 2^53, by any key", async () => {
    const big = 2n ** 63n;
    const elements = [
      { id: "a", ru: { value: big, unit: "RU" }, note: "text" },
      { id: "b", ru: { value: 1, unit: "RU" } },
      null,
      { id: "a", ru: { value: 9007199254740991, unit: "RU" }, bytes: { value: 3, unit: "bytes" } },
    ];
    expect(
      await sumValues(elements, ({ name, element: of }) => `${of["id"] === "a" ? "a" : "others"} ${name}`),
    ).toStrictEqual(
      new Map([
        ["a ru", { value: big + 9007199254740991n, unit: "RU" }],
        ["others ru", { value: 1n, unit: "RU" }],
        ["a bytes", { value: 3n, unit: "bytes" }],
      ]),
    );
    expect(await sumValues(elements, ({ unit }) => (unit === "bytes" ? unit : undefined))).toStrictEqual(
      new Map([["bytes", { value: 3n, unit: "bytes" }]]),
    );
  });

  it.each([
    ["not whole", { ru: { value: 1.5, unit: "RU" } }, "ru"],
    ["negative", { ru: { value: -5, unit: "RU" } }, "ru"],
    ["beyond 2^64", { ru: { value: 2n ** 64n, unit: "RU" } }, "ru"],
    ["a large number with an exponent", { ru: { value: 1e21, unit: "RU" } }, "ru"],
    ["a text", { ru: { value: "1", unit: "RU" } }, "ru"],
    ["without a unit", { ru: { value: 1 } }, "ru"],
    ["without a text as unit", { ru: { value: 1, unit: 5 } }, "ru"],
    ["nested in an object", { usage: { ru: { value: 1, unit: "RU" } } }, "usage.ru"],
    ["nested in an array", { usage: [{ value: 1, unit: "RU" }] }, "usage.0"],
  ])("stop at an amount that is %s, and go on where the caller is told", async (_, uncounted, path) => {
    const elements = [{ ok: { value: 1, unit: "RU" } }, uncounted];
    await expect(sumValues(elements, ({ unit }) => unit)).rejects.toMatchObject({ code: "invalid-amount" });
    const findings: string[] = [];
    const totals = await sumValues(elements, ({ unit }) => unit, {
      onFinding: ({ message }) => findings.push(message),
    });
    expect(totals).toStrictEqual(new Map([["RU", { value: 1n, unit: "RU" }]]));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`${path} `);
  });

  it("of different units are refused", async () => {
    const elements = [{ a: { value: 1, unit: "RU" } }, { a: { value: 1, unit: "bytes" } }];
    await expect(sumValues(elements, ({ name }) => name)).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

it("any number of files is read in the requested order", async () => {
  const storage = new MemoryStorage();
  const keys: string[] = [];
  for (let i = 1; i <= 40; i++) {
    const { parts } = await new MeteringWriter(storage).write({
      timestamp: i * 60,
      category: "c",
      selfId: "s",
      data: [{ i }],
    });
    keys.unshift(...parts.map(({ key }) => key));
  }
  const reader = new MeteringReader(storage, { concurrency: 7 });
  expect((await collect(reader.readFiles(keys))).map(({ key }) => key)).toStrictEqual(keys);
  expect(reader.getFileInfo(keys[0] ?? "")).toStrictEqual({ timestamp: 2400, category: "c", selfId: "s", part: 0 });
  expect(() => reader.getFileInfo("other")).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  await expect(reader.readFile("other")).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(reader.readFile("metering/ru/60/c/t-0.json.gz")).rejects.toMatchObject({ code: "not-found" });
});
