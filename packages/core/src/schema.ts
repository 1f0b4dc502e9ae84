import { ruled, ruledString } from "@metering/schema";
import * as z from "zod/mini";
import { checkJsonObject } from "./element.ts";
import { isMeteringError, MeteringError } from "./errors.ts";
import { describeIssues } from "./issues.ts";
import { identifierProblem, selfIdProblem } from "./metering-key.ts";
import type { OptionsSchema } from "./options.ts";
import type { JsonObject, Metadata, MeteringRecord } from "./record.ts";
import { minuteProblem, secondsProblem } from "./time.ts";

// Each schema is made in a call marked pure, so that a bundle contains only those it uses.

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** A record without its elements, which are checked as they are encoded. */
const recordSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      timestamp: ruled<number>(minuteProblem),
      category: ruledString(identifierProblem),
      selfId: ruledString(selfIdProblem),
      sharedPoolId: z.optional(ruledString(identifierProblem)),
      data: z.custom<MeteringRecord["data"]>(isIterable, "must be an array or another iterable of elements"),
    },
    "must be an object",
  ))();

function jsonObjectProblem(value: unknown): string | undefined {
  try {
    checkJsonObject(value, "metadata");
    return undefined;
  } catch (error) {
    if (isMeteringError(error)) return error.message;
    throw error;
  }
}

/** One version of a cluster's metadata. */
const metadataSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      type: z.enum(["logic", "sharedpool"], 'must be "logic" or "sharedpool"'),
      category: z.optional(ruledString(identifierProblem)),
      clusterId: ruledString(identifierProblem),
      modifyTs: ruled<number>(secondsProblem),
      metadata: ruled<JsonObject>(jsonObjectProblem),
    },
    "must be an object",
  ))();

/**
 * Checks a record without its elements.
 *
 * @throws `invalid-record` with each field, the rule it breaks and the value, shortened.
 */
export function checkRecord(record: unknown): MeteringRecord {
  return parseRecord(recordSchema, record, "record");
}

/** {@link checkRecord} for metadata, its content included. */
export function checkMetadata(metadata: unknown): Metadata {
  return parseRecord(metadataSchema, metadata, "metadata");
}

function parseRecord<Output>(schema: OptionsSchema<Output>, input: unknown, what: string): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new MeteringError(
    "invalid-record",
    `Invalid ${what}: ${describeIssues(result.error.issues, input)}. Nothing of it was stored.`,
  );
}
