import {
  componentOf as componentOfSelfId,
  minuteProblem,
  nameProblem,
  parseOptions,
  type RecordId,
} from "@metering/core";
import type { OnFinding } from "@metering/reader";
import { callback, integer, methods, ruled, ruledString } from "@metering/schema";
import { observerProblem, type Observer } from "@metering/storage-kit";
import * as z from "zod/mini";
import { expectedSchema, type Expected } from "./expected.ts";
import { graceFields, type GraceOptions } from "./grace.ts";

/** What {@link completeness} looks at, and how. */
export interface CompletenessOptions extends GraceOptions {
  /** First minute: Unix seconds, a multiple of 60. */
  readonly from: number;
  /** Minute after the last one: Unix seconds, a multiple of 60. */
  readonly to: number;
  /** Only components of this category. Default: all. */
  readonly category?: string | undefined;
  /** Only records of this pool. Default: every pool, and the plain layout. */
  readonly sharedPoolId?: string | undefined;
  /** Who should report. Default: `learned` from the records of the range. */
  readonly expected?: Expected | undefined;
  /**
   * The component of a record, for self ids that `newSelfId` did not make, such as the UUID of each start of a Go service.
   * Its category is the record's. Default: `componentOf(selfId)`.
   */
  readonly componentOf?: ((record: RecordId) => string) | undefined;
  /**
   * Whether to read part 0 of every record, which tells `empty` and `unknown` from `present`, and finds what was lost of a
   * record of which only part 0 is stored. Default: part 0 is read only where more pages are stored.
   */
  readonly contents?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How many files are downloaded at once, from 1 to 256. Default: 8. */
  readonly concurrency?: number | undefined;
  /** Told of keys that are no metering page's, and of files that cannot be used. Default: the first ends the reading. */
  readonly onFinding?: OnFinding | undefined;
  /** Sees what is found, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z
    .strictObject(
      {
        from: ruled<number>(minuteProblem),
        to: ruled<number>(minuteProblem),
        category: z.optional(ruledString(nameProblem)),
        sharedPoolId: z.optional(ruledString(nameProblem)),
        expected: z._default(expectedSchema, "learned"),
        componentOf: z.optional(callback<(record: RecordId) => string>()),
        ...graceFields,
        contents: z._default(z.boolean("must be true or false"), false),
        signal: z.optional(methods<AbortSignal>(["throwIfAborted", "addEventListener"], "must be an AbortSignal")),
        concurrency: z._default(integer(1, 256), 8),
        onFinding: z.optional(callback<OnFinding>()),
        observer: z.optional(ruled<Observer>(observerProblem)),
      },
      "must be an object",
    )
    .check(z.refine(({ from, to }) => from < to, "from must be before to")))();

/** The options with their defaults. Throws `invalid-argument` for one that breaks its rule. */
export function parseCompletenessOptions(options: CompletenessOptions) {
  const { componentOf = bySelfId, ...parsed } = parseOptions(optionsSchema, options, "completeness");
  return { ...parsed, componentOf };
}

function bySelfId({ selfId }: RecordId): string {
  return componentOfSelfId(selfId);
}
