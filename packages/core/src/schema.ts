import * as z from "zod/mini";
import { checkElement, checkJsonObject } from "./element.ts";
import { isMeteringError, MeteringError } from "./errors.ts";
import { describeIssues } from "./issues.ts";
import type { Logger } from "./logger.ts";
import { isAmount } from "./amount.ts";
import { identifierProblem, nameProblem, selfIdNameProblem, selfIdProblem } from "./metering-key.ts";
import type { JsonObject, Metadata, MeteringElement, MeteringRecord } from "./record.ts";
import { isMinute, isUnixSeconds, timeRule } from "./time.ts";

// Each schema is made in a call marked pure, so that a bundle contains only those it uses.

function segment(problemOf: (value: string) => string | undefined) {
  return z.string("must be a string").check(
    z.refine((value) => problemOf(value) === undefined, {
      error: (issue) => String(problemOf(String(issue.input))),
    }),
  );
}

/** A `category`, `sharedPoolId` or `clusterId` to write: one path segment that obeys the rules of a key. */
export const identifierSchema = /* @__PURE__ */ segment(identifierProblem);

/** A `selfId` to write: an identifier without `-`. */
export const selfIdSchema = /* @__PURE__ */ segment(selfIdProblem);

/** A name to look up: every path segment that a stored key can hold. */
export const nameSchema = /* @__PURE__ */ segment(nameProblem);

/** A `selfId` to look up. */
export const selfIdNameSchema = /* @__PURE__ */ segment(selfIdNameProblem);

function time(isValid: (value: number) => boolean, helper: "toMinute" | "toSeconds") {
  const error = ({ input }: { readonly input?: unknown }): string => timeRule(input, helper);
  return z.number({ error }).check(z.refine(isValid, { error }));
}

/** The `timestamp` of a record: a minute in Unix seconds, up to the year 9999. */
export const timestampSchema = /* @__PURE__ */ time(isMinute, "toMinute");

/** A `modifyTs` or the time of a lookup: positive whole Unix seconds, up to the year 9999. */
export const modifyTsSchema = /* @__PURE__ */ time(isUnixSeconds, "toSeconds");

const loggerMethods = ["debug", "info", "warn", "error"] as const;

/** The option `logger` of everything that has one. */
export const loggerSchema = /* @__PURE__ */ (() =>
  z.optional(
    z.custom<Logger>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        loggerMethods.every((level) => typeof Reflect.get(value, level) === "function"),
      "must have the methods debug, info, warn and error",
    ),
  ))();

/** An amount with its unit, exact. */
export const meteringValueSchema = /* @__PURE__ */ (() =>
  z.strictObject({
    value: z.custom<number | bigint>(isAmount, "must be an integer from 0 to 2^64-1, a bigint beyond 2^53-1"),
    unit: z.string("must be a string"),
  }))();

function checked<Value>(check: (value: unknown) => boolean) {
  return z.custom<Value>().check((context) => {
    try {
      check(context.value);
    } catch (error) {
      if (!isMeteringError(error)) throw error;
      context.issues.push({ code: "custom", input: context.value, message: error.message });
    }
  });
}

/** One element of a record, metering values included. */
export const meteringElementSchema = /* @__PURE__ */ (() =>
  checked<MeteringElement>((element) => checkElement(element, 0)))();

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** A record without its elements, which are checked as they are encoded. */
export const meteringRecordSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      timestamp: timestampSchema,
      category: identifierSchema,
      selfId: selfIdSchema,
      sharedPoolId: z.optional(identifierSchema),
      data: z.custom<MeteringRecord["data"]>(isIterable, "must be an array or another iterable of elements"),
    },
    "must be an object",
  ))();

/** One version of a cluster's metadata. */
export const metadataSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      type: z.enum(["logic", "sharedpool"], 'must be "logic" or "sharedpool"'),
      category: z.optional(identifierSchema),
      clusterId: identifierSchema,
      modifyTs: modifyTsSchema,
      metadata: checked<JsonObject>((content) => checkJsonObject(content, "metadata")),
    },
    "must be an object",
  ))();

/**
 * Checks a record without its elements.
 *
 * @throws `invalid-record` with each field, the rule it breaks and the value, shortened.
 */
export function checkRecord(record: unknown): MeteringRecord {
  return parseRecord(meteringRecordSchema, record, "record");
}

/** {@link checkRecord} for metadata, its content included. */
export function checkMetadata(metadata: unknown): Metadata {
  return parseRecord(metadataSchema, metadata, "metadata");
}

function parseRecord<Output>(schema: z.ZodMiniType<Output>, input: unknown, what: string): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new MeteringError(
    "invalid-record",
    `Invalid ${what}: ${describeIssues(result.error, input)}. Nothing of it was stored.`,
  );
}
