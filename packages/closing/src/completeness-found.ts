import { parseMeteringKey, type MeteringError, type RecordId } from "@metering/core";
import * as z from "zod/mini";
import { componentStates, type RecordState } from "./component-state.ts";
import {
  createCompletenessTracker,
  type CompletenessFigures,
  type CompletenessRange,
  type TrackerOptions,
} from "./completeness-tracker.ts";

/** What was missing when a day was closed. */
export interface CompletenessFound extends CompletenessFigures {
  /** Whether the caller said who should report, or it was learned from the records. */
  readonly expected: "given" | "learned";
  /** Ranges of minutes that are neither `present` nor `empty`: the first 1,000. */
  readonly ranges: readonly CompletenessRange[];
  /** How many such ranges there were. */
  readonly rangeCount: number;
}

const maxRanges = 1000;

/** Collects the completeness of a day while its records are read. */
export interface CompletenessCollector {
  /** Takes the next record, in the order of a scan. */
  add(record: RecordId, state: RecordState): void;
  /** Takes what a scan left out. It may be ahead of the records. */
  leftOut(finding: MeteringError): void;
  end(): CompletenessFound;
}

export function createCompletenessCollector(options: TrackerOptions): CompletenessCollector {
  const tracker = createCompletenessTracker(options);
  const ranges: CompletenessRange[] = [];
  let rangeCount = 0;
  /** Records that were left out, until the scan is at their minutes. */
  let waiting: RecordId[] = [];

  function keep(ended: readonly CompletenessRange[]): void {
    for (const range of ended) {
      if (range.state === "present" || range.state === "empty") continue;
      rangeCount++;
      if (ranges.length < maxRanges) ranges.push(range);
    }
  }

  function addLeftOut(until: number): void {
    const due = waiting.filter(({ timestamp }) => timestamp <= until);
    waiting = waiting.filter(({ timestamp }) => timestamp > until);
    for (const record of due.sort((a, b) => a.timestamp - b.timestamp)) keep(tracker.add(record, "incomplete"));
  }

  return {
    add(record, state) {
      if (waiting.length > 0) addLeftOut(record.timestamp);
      keep(tracker.add(record, state));
    },
    leftOut({ key }) {
      const record = key === undefined ? undefined : parseMeteringKey(key);
      if (record !== undefined) waiting.push(record);
    },
    end() {
      addLeftOut(Infinity);
      keep(tracker.end());
      const expected = options.expected === "learned" ? "learned" : "given";
      return { expected, ...tracker.figures(), ranges, rangeCount };
    },
  };
}

/** The part of a manifest that {@link CompletenessFound} is stored as. */
export const completenessSchema = /* @__PURE__ */ (() => {
  const count = z.int().check(z.gte(0));
  return z.object({
    expected: z.enum(["given", "learned"]),
    components: count,
    states: z.record(z.enum(componentStates), count),
    gaps: count,
    ranges: z.array(
      z.object({
        category: z.string(),
        component: z.string(),
        state: z.enum(componentStates),
        from: z.int(),
        to: z.int(),
      }),
    ),
    range_count: count,
  });
})();

/** As it stands in a manifest. */
type StoredCompleteness = z.infer<typeof completenessSchema>;

export function toStoredCompleteness({ rangeCount, ranges, ...found }: CompletenessFound): StoredCompleteness {
  return { ...found, ranges: [...ranges], range_count: rangeCount };
}

export function fromStoredCompleteness({ range_count: rangeCount, ...found }: StoredCompleteness): CompletenessFound {
  return { ...found, rangeCount };
}
