import { defaultCompressionLevel } from "@metering/core";
import { choice, integer } from "@metering/schema";
import * as z from "zod/mini";

/** Options that both writers have. */
export const ifExistsSchema = /* @__PURE__ */ (() => z._default(choice(["error", "overwrite", "verify"]), "error"))();

export const compressionLevelSchema = /* @__PURE__ */ (() => z._default(integer(0, 9), defaultCompressionLevel))();
