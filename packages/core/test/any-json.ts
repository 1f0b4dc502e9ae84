import type { JsonValue } from "@metering/core";
import fc from "fast-check";

const integerOfUpTo40Digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
const exactInteger = integerOfUpTo40Digits.map((value) =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value,
);
// Digits, quotes and structural characters inside strings are what an exact parser could take for numbers.
const trickyString = fc.oneof(
  fc.string({ unit: "binary" }),
  integerOfUpTo40Digits.map((digits) => `,${digits}`),
  integerOfUpTo40Digits.map((digits) => `\\":${digits},"[`),
  fc.constantFrom("__proto__", "constructor", "toJSON", "\\", '"', '\\"'),
);
/** Any JSON value, with what parsers get wrong among it. */
export const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    exactInteger,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    trickyString,
    fc.array(tie("value")),
    fc.array(fc.tuple(trickyString, tie("value"))).map((entries) => Object.fromEntries(entries)),
  ),
})).value;
