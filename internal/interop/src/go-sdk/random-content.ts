import type { JsonObject, JsonValue } from "@metering/core";
import fc from "fast-check";

const maxUint64 = 2n ** 64n - 1n;

/** An integer as it is read back: a `bigint` only where a `number` would be rounded. */
const exact = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

const amount = fc
  .oneof(
    fc.bigInt({ min: 0n, max: maxUint64 }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.bigInt({ min: maxUint64 - 3n, max: maxUint64 }),
    fc.bigInt({ min: 0n, max: 1000n }),
  )
  .map(exact);
const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.string({ unit: "binary", maxLength: 6 }));
const name = fc.oneof(fc.stringMatching(/^[a-z_]{1,12}$/), text);
const integer = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(exact);
// Go has no negative zero as an integer.
const real = fc.double({ min: -1e15, max: 1e15, noNaN: true }).map((value) => value + 0);

const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    text,
    integer,
    real,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const object: fc.Arbitrary<JsonObject> = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });

const element: fc.Arbitrary<JsonObject> = fc
  .tuple(
    object,
    fc.dictionary(name, fc.record({ value: amount, unit: text }, { noNullPrototype: true }), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  )
  .map(([attributes, amounts]) => ({ logical_cluster_id: "lc-1", ...attributes, ...amounts }));

// So that a run that fails can be repeated.
const seed = 20_251_125;

/** Lists of elements: none, one, and enough for several pages. */
export const randomData = (count: number): readonly (readonly JsonObject[])[] =>
  fc.sample(fc.array(element, { maxLength: 8 }), { numRuns: count, seed });

export const randomObjects = (count: number): readonly JsonObject[] => fc.sample(object, { numRuns: count, seed });

/** The same content with every number as a float64, which is what Go's readers make of it. */
export function rounded(content: JsonValue): JsonValue {
  if (typeof content === "bigint") return Number(content);
  if (typeof content !== "object" || content === null) return content;
  if (Array.isArray(content)) return content.map((item: JsonValue) => rounded(item));
  return Object.fromEntries(Object.entries(content).map(([key, item]) => [key, rounded(item)]));
}
