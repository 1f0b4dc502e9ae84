import * as z from "zod/mini";
import { checkElement, checkJsonObject } from "./element.ts";
import { isMeteringError, MeteringError } from "./errors.ts";
import { describeIssues } from "./issues.ts";
import type { Logger } from "./logger.ts";
import { identifierProblem, isMinute, isModifyTs, selfIdProblem } from "./metering-key.ts";
import type { JsonObject, Metadata, MeteringElement, MeteringRecord } from "./record.ts";

// Each schema is made in a call marked pure, so that a bundle holds only the ones it uses.

function segment(problemOf: (value: string) => string | undefined) {
  return z.string("must be a string").check(
    z.refine((value) => problemOf(value) === undefined, {
      error: (issue) => String(problemOf(String(issue.input))),
    }),
  );
}

/** A `category`, `sharedPoolId` or `clusterId`: one path segment, as the key rules say. */
export const identifierSchema = /* @__PURE__ */ segment(identifierProblem);

/** A `selfId`: an identifier without `-`. */
export const selfIdSchema = /* @__PURE__ */ segment(selfIdProblem);

/** A record's `timestamp`: Unix seconds of a minute. */
export const timestampSchema = /* @__PURE__ */ (() =>
  z
    .number("must be a number")
    .check(z.refine(isMinute, "must be a minute in Unix seconds: positive and a multiple of 60 (see toMinute)")))();

/** A `modifyTs`: positive Unix seconds. */
export const modifyTsSchema = /* @__PURE__ */ (() =>
  z.number("must be a number").check(z.refine(isModifyTs, "must be positive whole Unix seconds")))();

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
    value: z.union([
      z.number().check(
        z.refine((value) => Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0), {
          error: "must be an integer from 0 to 2^53-1 (a bigint beyond, up to 2^64-1)",
        }),
      ),
      z.bigint().check(
        z.refine((value) => value >= 0n && value < 2n ** 64n, {
          error: "must be a bigint from 0 to 2^64-1",
        }),
      ),
    ]),
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

/** A record, its elements aside: those are checked as they are written. */
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
 * Checks everything about a record but its elements.
 *
 * @throws `invalid-record` naming each field, the rule it breaks and the value, shortened.
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
