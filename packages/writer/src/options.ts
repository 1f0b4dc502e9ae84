import { defaultCompressionLevel, type Logger } from "@metering/core";
import * as z from "zod/mini";

/** Options that both writers have. */
export const ifExistsSchema = /* @__PURE__ */ (() =>
  z._default(z.enum(["error", "overwrite", "verify"], 'must be "error", "overwrite" or "verify"'), "error"))();

export const compressionLevelSchema = /* @__PURE__ */ (() =>
  z._default(
    z.int("must be a whole number").check(z.gte(0, "must be 0 or more"), z.lte(9, "must be 9 or less")),
    defaultCompressionLevel,
  ))();

export const loggerSchema = /* @__PURE__ */ (() =>
  z.optional(
    z.custom<Logger>(
      (value) => typeof value === "object" && value !== null && "debug" in value && "warn" in value,
      "must be a logger with debug, info, warn and error",
    ),
  ))();
