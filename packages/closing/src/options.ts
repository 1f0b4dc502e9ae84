import type { RecordId } from "@metering/core";
import type { OnFinding } from "@metering/reader";
import { observerProblem, type Observer } from "@metering/storage-kit";
import { callback, choice, integer, methods, ruled, ruledString } from "@metering/schema";
import * as z from "zod/mini";
import type { ClosingProgress } from "./closing-context.ts";
import { expectedSchema } from "./expected.ts";
import { graceFields } from "./grace.ts";
import { periodFields } from "./period.ts";
import { reservedColumns } from "./tables.ts";

/** What every function that reads closed periods takes. */
export interface ClosedOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What every function that reads records takes. */
export interface ReadingOptions extends ClosedOptions {
  /** How many files are downloaded at once, from 1 to 256. Default: 8. */
  readonly concurrency?: number | undefined;
  /** Sees what is read, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
}

const signalSchema = /* @__PURE__ */ (() =>
  z.optional(methods<AbortSignal>(["throwIfAborted", "addEventListener"], "must be an AbortSignal")))();

/** The options of {@link ClosedOptions} and a period. */
export const closedSchema = /* @__PURE__ */ (() => periodObject({ signal: signalSchema }))();

/** The options of {@link ReadingOptions} and a period. */
export const readingSchema = /* @__PURE__ */ (() => periodObject(readingFields()))();

/** The options of `late`. */
export const lateSchema = /* @__PURE__ */ (() =>
  periodObject({ ...readingFields(), changed: z._default(z.boolean("must be true or false"), true) }))();

/** The options of `closePeriod` that are checked here. What completeness takes is checked there. */
export const closePeriodSchema = /* @__PURE__ */ (() =>
  periodObject({
    ...readingFields(),
    late: z._default(z.boolean("must be true or false"), false),
    ...graceFields,
    incomplete: z._default(choice(["fail", "skip"]), "fail"),
    duplicates: z._default(choice(["fail", "include"]), "fail"),
    onFinding: z.optional(callback<OnFinding>()),
    values: z._default(choice(["uint64", "decimal"]), "uint64"),
    attributes: z._default(
      z.array(ruledString(attributeProblem), "must be a list of names").check(distinct("must not name a column twice")),
      [],
    ),
    numbers: z._default(z.record(z.string(), z.string("must be a unit"), "must be units by name"), {}),
    rollups: z._default(
      z
        .array(choice(["hour", "day"]), 'must be a list of "hour" and "day"')
        .check(distinct("must not name a unit twice")),
      [],
    ),
    componentOf: z.optional(callback<(record: RecordId) => string>()),
    expected: z._default(expectedSchema, "learned"),
    onProgress: z.optional(callback<(progress: ClosingProgress) => void>()),
  }))();

function readingFields() {
  return {
    signal: signalSchema,
    concurrency: z._default(integer(1, 256), 8),
    observer: z.optional(ruled<Observer>(observerProblem)),
  };
}

function periodObject<Fields extends z.core.$ZodLooseShape>(fields: Fields) {
  return z.strictObject({ ...periodFields, ...fields }, "must be an object");
}

// SQL engines do not tell the case of column names.
function attributeProblem(name: string): string | undefined {
  return reservedColumns.has(name.toLowerCase()) ? "must not be the name of another column" : undefined;
}

function distinct(rule: string) {
  return z.refine<readonly string[]>(
    (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
    rule,
  );
}
