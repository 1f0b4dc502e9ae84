import { nameSchema, selfIdNameSchema, timestampSchema } from "@metering/core";
import * as z from "zod/mini";
import type { OnFinding } from "./findings.ts";

/** Options that several readers and calls have. */
export const concurrencySchema = /* @__PURE__ */ (() =>
  z.int("must be a whole number").check(z.gte(1, "must be 1 or more"), z.lte(256, "must be 256 or less")))();

export const maxDecompressedBytesSchema = /* @__PURE__ */ (() =>
  z.int("must be a whole number of bytes").check(z.gte(1, "must be 1 or more")))();

export const minuteRangeSchema = /* @__PURE__ */ (() =>
  z
    .strictObject(
      {
        from: timestampSchema,
        to: timestampSchema,
        category: z.optional(nameSchema),
        sharedPoolId: z.optional(nameSchema),
        selfId: z.optional(selfIdNameSchema),
      },
      "must be an object",
    )
    .check(z.refine(({ from, to }) => from < to, "from must be before to")))();

const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be ${values.map((value) => JSON.stringify(value)).join(" or ")}`);

export const incompleteSchema = /* @__PURE__ */ choice(["fail", "skip", "wait"]);

/** The options of a scan that have rules. */
export const scanOptionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      signal: z.optional(z.custom<AbortSignal>((value) => value instanceof AbortSignal, "must be an AbortSignal")),
      concurrency: z.optional(concurrencySchema),
      incomplete: z._default(incompleteSchema, "fail"),
      onFinding: z.optional(z.custom<OnFinding>((value) => typeof value === "function", "must be a function")),
      duplicates: z._default(choice(["include", "fail"]), "include"),
      order: z._default(choice(["stable", "arrival"]), "stable"),
    },
    "must be an object",
  ))();
