import { minuteProblem, nameProblem, selfIdNameProblem } from "@metering/core";
import { callback, choice, integer, methods, ruled, ruledString } from "@metering/schema";
import * as z from "zod/mini";
import type { OnFinding } from "./findings.ts";

/** Options that several readers and calls have. */
export const concurrencySchema = /* @__PURE__ */ integer(1, 256);

export const bytesSchema = /* @__PURE__ */ integer(1, undefined, "bytes");

export const minuteRangeSchema = /* @__PURE__ */ (() =>
  z
    .strictObject(
      {
        from: ruled<number>(minuteProblem),
        to: ruled<number>(minuteProblem),
        category: z.optional(ruledString(nameProblem)),
        sharedPoolId: z.optional(ruledString(nameProblem)),
        selfId: z.optional(ruledString(selfIdNameProblem)),
      },
      "must be an object",
    )
    .check(z.refine(({ from, to }) => from < to, "from must be before to")))();

export const incompleteSchema = /* @__PURE__ */ choice(["fail", "skip", "wait"]);

/** The options of a scan that have rules. */
export const scanOptionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      signal: z.optional(methods<AbortSignal>(["throwIfAborted", "addEventListener"], "must be an AbortSignal")),
      concurrency: z.optional(concurrencySchema),
      incomplete: z._default(incompleteSchema, "fail"),
      onFinding: z.optional(callback<OnFinding>()),
      duplicates: z._default(choice(["include", "fail"]), "include"),
      order: z._default(choice(["stable", "arrival"]), "stable"),
    },
    "must be an object",
  ))();
