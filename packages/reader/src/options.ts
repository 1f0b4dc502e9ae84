import { identifierSchema, selfIdSchema, timestampSchema } from "@metering/core";
import * as z from "zod/mini";

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
        category: z.optional(identifierSchema),
        sharedPoolId: z.optional(identifierSchema),
        selfId: z.optional(selfIdSchema),
      },
      "must be an object",
    )
    .check(z.refine(({ from, to }) => from < to, "from must lie before to")))();

export const orderSchema = /* @__PURE__ */ (() => z.enum(["stable", "arrival"], 'must be "stable" or "arrival"'))();
