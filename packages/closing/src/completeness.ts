import type { ObjectStorage } from "@metering/core";
import { parseCompletenessOptions, type CompletenessOptions } from "./completeness-options.ts";
import { createCompletenessTracker, type CompletenessFigures, type CompletenessRange } from "./completeness-tracker.ts";
import { expectedIn } from "./expected.ts";
import { firstOpenMinute } from "./grace.ts";
import { recordStates } from "./record-states.ts";

/** What came of a range of minutes. */
export interface CompletenessSummary extends CompletenessFigures {
  /** First minute: Unix seconds. */
  readonly from: number;
  /** Minute after the last one: Unix seconds. */
  readonly to: number;
  /** First minute that is open, because a record may still come: Unix seconds. `to` if none is. */
  readonly openFrom: number;
  /** How many minutes the range has. */
  readonly minutes: number;
  /** Whether the caller said who should report, or it was learned from the records. */
  readonly expected: "given" | "learned";
  /** How many findings `onFinding` was told of. */
  readonly skipped: number;
  /**
   * Whether the range can be billed: nothing in it is `missing`, `incomplete`, `duplicate` or `open`, and there were no
   * findings. If `expected` is `learned`, only as far as that can tell.
   */
  readonly complete: boolean;
}

/**
 * Which components reported in which minutes, as ranges of minutes in which a component has the same state. They come in
 * ascending order of `to`, then by category and component, as they are found. Each iteration, and each `summary()`, lists
 * the records anew. Leaving a loop ends all requests.
 */
export interface Completeness extends AsyncIterable<CompletenessRange> {
  /** The figures alone. */
  summary(): Promise<CompletenessSummary>;
}

/**
 * Finds what is missing: for every component and minute of a range, whether its records are there. It takes one listing,
 * and downloads only where that does not tell; memory for the components, whatever the number of minutes. Times of files
 * in the store are not looked at.
 *
 * @throws `invalid-argument` for an option that breaks its rule. While it runs: a finding, unless `onFinding` is given; the
 *   storage's errors; the signal's reason.
 *
 * @example
 * ```ts
 * for await (const { state, category, component, from, to } of completeness(storage, { from: 1755849600, to: 1755936000 })) {
 *   if (state === "missing") console.log(category, component, from, to);
 * }
 * ```
 */
export function completeness(storage: ObjectStorage, options: CompletenessOptions): Completeness {
  const parsed = parseCompletenessOptions(options);
  return {
    [Symbol.asyncIterator]: () => startPass(storage, parsed).ranges(),
    async summary() {
      const pass = startPass(storage, parsed);
      for await (const _ of pass.ranges());
      return pass.summary();
    },
  };
}

/** One pass through the range. */
interface Pass {
  ranges(): AsyncGenerator<CompletenessRange, void, undefined>;
  /** Of the ranges so far. */
  summary(): CompletenessSummary;
}

function startPass(storage: ObjectStorage, options: ReturnType<typeof parseCompletenessOptions>): Pass {
  const { from, to, category, sharedPoolId, expected, componentOf, onFinding } = options;
  const openFrom = Math.min(Math.max(firstOpenMinute(options), from), to);
  const tracker = createCompletenessTracker({
    from,
    to,
    openFrom,
    expected: expectedIn(category, expected),
    componentOf,
  });
  let skipped = 0;

  return {
    async *ranges() {
      if (from < openFrom) {
        const records = recordStates({
          ...options,
          storage,
          range: { from, to: openFrom, category, sharedPoolId },
          onFinding:
            onFinding &&
            ((finding) => {
              skipped++;
              onFinding(finding);
            }),
        });
        for await (const { record, state } of records) yield* tracker.add(record, state);
      }
      yield* tracker.end();
    },
    summary() {
      const figures = tracker.figures();
      const { missing, incomplete, duplicate, open } = figures.states;
      return {
        ...figures,
        from,
        to,
        openFrom,
        minutes: (to - from) / 60,
        expected: expected === "learned" ? "learned" : "given",
        skipped,
        complete: openFrom === to && missing + incomplete + duplicate + open + skipped === 0,
      };
    },
  };
}
