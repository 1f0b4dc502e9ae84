import {
  buildMetadataKey,
  buildMeteringKey,
  isMeteringError,
  metadataKeyPrefix,
  meteringKeyPrefix,
  parseMetadataKey,
  parseMeteringKey,
  storageKeyProblem,
  type MetadataId,
  type MeteringKey,
} from "@metering/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const anyString = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom("", ".", "..", "../..", "a/b", "a\\b", "a-1", "\ud800", "é".repeat(130), "x".repeat(255), "logic"),
);
const anyNumber = fc.oneof(
  fc.nat().map((n) => n * 60),
  fc.maxSafeNat(),
  fc.double(),
);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const anyMeteringKey: fc.Arbitrary<MeteringKey> = fc.record({
  timestamp: anyNumber,
  category: anyString,
  selfId: anyString,
  sharedPoolId: optional(anyString),
  part: anyNumber,
});
const anyMetadataId: fc.Arbitrary<MetadataId> = fc.record({
  type: optional(fc.constantFrom("logic" as const, "sharedpool" as const)),
  category: optional(anyString),
  clusterId: anyString,
  modifyTs: anyNumber,
});

const segment = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => !/[/\\:*?"<>|\u0000-\u001f\u007f-]/.test(text) && text.isWellFormed() && !/^\.+$/.test(text));
const validMeteringKey = fc.record(
  {
    timestamp: fc.integer({ min: 1, max: 2 ** 31 }).map((n) => n * 60),
    category: segment,
    selfId: segment,
    sharedPoolId: segment,
    part: fc.nat(),
  },
  { requiredKeys: ["timestamp", "category", "selfId", "part"], noNullPrototype: true },
);
const validMetadataId: fc.Arbitrary<MetadataId> = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom("logic" as const, "sharedpool" as const),
      category: segment,
      clusterId: segment,
      modifyTs: fc.integer({ min: 1 }),
    },
    { requiredKeys: ["type", "clusterId", "modifyTs"], noNullPrototype: true },
  ),
  fc.record({ clusterId: segment, modifyTs: fc.integer({ min: 1 }) }, { noNullPrototype: true }),
);

/** The key, or `undefined` where it was refused as it should be. */
function built<Id>(build: (id: Id) => string, id: Id): string | undefined {
  try {
    return build(id);
  } catch (error) {
    expect(isMeteringError(error, "invalid-argument")).toBe(true);
    return undefined;
  }
}

const checkStored = (key: string | undefined, parsed: (key: string) => unknown, root: string): void => {
  if (key === undefined) return;
  expect(key.startsWith(root)).toBe(true);
  expect(key.split("/")).not.toContain("..");
  expect(storageKeyProblem(key, "tenant/")).toBeUndefined();
  expect(parsed(key)).toBeDefined();
};

describe("keys", () => {
  it.each([
    [
      "metering/ru/1755850380/tidb-server/tidbserver01-0.json.gz",
      { timestamp: 1755850380, category: "tidb-server", selfId: "tidbserver01", part: 0 },
    ],
    [
      "metering/ru/60/类别/pool-1/节点01-12.json.gz",
      { timestamp: 60, category: "类别", sharedPoolId: "pool-1", selfId: "节点01", part: 12 },
    ],
  ])("%s is a metering page's", (key, id) => {
    expect(parseMeteringKey(key)).toStrictEqual(id);
    expect(buildMeteringKey(id)).toBe(key);
    expect(key.startsWith(meteringKeyPrefix({ ...id }))).toBe(true);
  });

  it.each([
    ["metering/meta/logic/137/1.json.gz", { type: "logic", clusterId: "137", modifyTs: 1 }],
    [
      "metering/meta/sharedpool/tidb-server/pool-1/1755850000.json.gz",
      { type: "sharedpool", category: "tidb-server", clusterId: "pool-1", modifyTs: 1755850000 },
    ],
    ["metering/meta/logic/logic/7.json.gz", { type: "logic", clusterId: "logic", modifyTs: 7 }],
    ["metering/meta/logic/7.json.gz", { clusterId: "logic", modifyTs: 7 }],
    ["metering/meta/137/999999999.json.gz", { clusterId: "137", modifyTs: 999999999 }],
  ] satisfies [string, MetadataId][])("%s is metadata's", (key, id) => {
    expect(parseMetadataKey(key)).toStrictEqual(id);
    expect(buildMetadataKey(id)).toBe(key);
    expect(key.startsWith(metadataKeyPrefix(id))).toBe(true);
  });

  it.each([
    "metering/ru/1755850380/c/s-00.json.gz",
    "metering/ru/1755850380/c/s-01.json.gz",
    "metering/ru/01755850380/c/s-0.json.gz",
    "metering/ru/1755850381/c/s-0.json.gz",
    "metering/ru/0/c/s-0.json.gz",
    "metering/ru/1755850380/c/s-0.json",
    "metering/ru/1755850380/c/s-99999999999999999999.json.gz",
    "metering/ru/1755850380/c/a-b-0.json.gz",
    "metering/ru/1755850380/c/-0.json.gz",
    "metering/ru/1755850380/../s-0.json.gz",
    "metering/ru/1755850380/c/p/q/s-0.json.gz",
    "metering/ru/1755850380/s-0.json.gz",
    "/metering/ru/1755850380/c/s-0.json.gz",
    "metering/ru/1755850380/c/.s-0.json.gz.tmp",
    "metering/ru/1755850380000/c/s-0.json.gz",
    "metering/meta/logic/a/1755850380000.json.gz",
    "metering/meta/logic/a/0.json.gz",
    "metering/meta/logic/a/01.json.gz",
    "metering/meta/other/cat/a/1.json.gz",
    "metering/meta/logic/a/b/c/1.json.gz",
    "metering/meta/logic/a/1.5.json.gz",
    `metering/ru/60/c/${"x".repeat(246)}-0.json.gz`,
  ])("%s is neither's", (key) => {
    expect(parseMeteringKey(key)).toBeUndefined();
    expect(parseMetadataKey(key)).toBeUndefined();
  });

  it.each([
    [
      "metering/ru/60/c:d/10.0.0.1:4000-0.json.gz",
      { timestamp: 60, category: "c:d", selfId: "10.0.0.1:4000", part: 0 },
    ],
    [
      "metering/ru/60/a|b/p*/x\\y-0.json.gz",
      { timestamp: 60, category: "a|b", sharedPoolId: "p*", selfId: "x\\y", part: 0 },
    ],
  ])("%s, which only the Go SDK writes, is read and looked up", (key, id) => {
    expect(parseMeteringKey(key)).toStrictEqual(id);
    expect(key.startsWith(meteringKeyPrefix(id))).toBe(true);
    expect(() => buildMeteringKey(id)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("of metadata that only the Go SDK writes are read and looked up", () => {
    const key = "metering/meta/logic/10.0.0.1:4000/7.json.gz";
    const id: MetadataId = { type: "logic", clusterId: "10.0.0.1:4000", modifyTs: 7 };
    expect(parseMetadataKey(key)).toStrictEqual(id);
    expect(key.startsWith(metadataKeyPrefix(id))).toBe(true);
    expect(() => buildMetadataKey(id)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it.each([
    ["a timestamp", () => buildMeteringKey({ timestamp: 1755850380000, category: "c", selfId: "s", part: 0 })],
    ["a modifyTs", () => buildMetadataKey({ type: "logic", clusterId: "c", modifyTs: 1755850380000 })],
  ])("are not made with %s in milliseconds, and the error names the mistake", (_, build) => {
    expect(build).toThrow(/milliseconds.*\(date\)/);
  });

  it("are what they were built from", () => {
    fc.assert(
      fc.property(validMeteringKey, (id) => {
        expect(parseMeteringKey(buildMeteringKey(id))).toStrictEqual(id);
      }),
    );
    fc.assert(
      fc.property(validMetadataId, (id) => {
        expect(parseMetadataKey(buildMetadataKey(id))).toStrictEqual(id);
      }),
    );
  });

  it("built from any input stay under the prefix of the storage or are rejected", () => {
    fc.assert(
      fc.property(anyMeteringKey, (id) => checkStored(built(buildMeteringKey, id), parseMeteringKey, "metering/ru/")),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(anyMetadataId, (id) => checkStored(built(buildMetadataKey, id), parseMetadataKey, "metering/meta/")),
      { numRuns: 2000 },
    );
  });

  it("parsed from any string build the same string again", () => {
    const mutated = fc
      .tuple(
        validMeteringKey.map(buildMeteringKey),
        validMetadataId.map(buildMetadataKey),
        fc.nat(),
        fc.string({ maxLength: 3 }),
      )
      .chain(([page, metadata, at, inserted]) =>
        fc
          .constantFrom(page, metadata)
          .map((key) => key.slice(0, at % key.length) + inserted + key.slice((at + 1) % key.length)),
      );
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: "binary" })), (text) => {
        const page = parseMeteringKey(text);
        const metadata = parseMetadataKey(text);
        if (page !== undefined) expect(meteringKeyPrefix(page) + page.part + ".json.gz").toBe(text);
        if (metadata !== undefined) expect(`${metadataKeyPrefix(metadata)}${metadata.modifyTs}.json.gz`).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
