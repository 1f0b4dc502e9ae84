import { defaultCompressionLevel } from "@metering/core";
import * as z from "zod/mini";

/** Options that both writers have. */
export const ifExistsSchema = /* @__PURE__ */ (() =>
  z._default(z.enum(["error", "overwrite", "verify"], 'must be "error", "overwrite" or "verify"'), "error"))();

export const compressionLevelSchema = /* @__PURE__ */ (() =>
  z._default(
    z.int("must be a whole number").check(z.gte(0, "must be 0 or more"), z.lte(9, "must be 9 or less")),
    defaultCompressionLevel,
  ))();
