import type { Component, ComponentState, RecordState } from "../src/component-state.ts";
import type { CompletenessRange } from "../src/completeness-tracker.ts";
import type { Expected } from "../src/expected.ts";

/** A record as these tests know it. */
export interface TestRecord<State extends string = RecordState> extends Component {
  readonly timestamp: number;
  readonly run: number;
  readonly sharedPoolId: string | undefined;
  readonly state: State;
}

export interface NaiveOptions {
  readonly from: number;
  readonly to: number;
  readonly openFrom: number;
  readonly expected: Expected;
}

/** The same answer as the package's, from a table of every component and minute that is held in memory. */
export function naiveCompleteness(
  records: readonly TestRecord[],
  { from, to, openFrom, expected }: NaiveOptions,
): readonly CompletenessRange[] {
  const minutes = Array.from({ length: (to - from) / 60 }, (_, index) => from + index * 60);
  const closed = records.filter(({ timestamp }) => timestamp < openFrom);
  const expectedAt = (minute: number): readonly Component[] =>
    expected === "learned" ? [] : typeof expected === "function" ? expected(minute) : expected;
  const components = new Map<string, Component>();
  for (const { category, component } of [...closed, ...minutes.flatMap(expectedAt)]) {
    components.set(`${category} ${component}`, { category, component });
  }

  return [...components.values()].flatMap((one) => {
    const isOfOne = (other: Component): boolean => one.category === other.category && one.component === other.component;
    const reports = closed.filter(isOfOne);
    const times = reports.map(({ timestamp }) => timestamp);
    const cells = minutes.map((minute): ComponentState | undefined => {
      const ofMinute = reports.filter(({ timestamp }) => timestamp === minute);
      const isExpected = expectedAt(minute).some(isOfOne);
      if (minute >= openFrom) {
        const isKnown = expected === "learned" ? times.includes(openFrom - 60) : isExpected;
        return isKnown ? "open" : undefined;
      }
      if (ofMinute.length === 0) {
        const isBetween = Math.min(...times) < minute && minute < Math.max(...times);
        return (expected === "learned" ? isBetween : isExpected) ? "missing" : undefined;
      }
      if (new Set(ofMinute.map(({ run }) => run)).size < ofMinute.length) return "duplicate";
      const has = (state: RecordState): boolean => ofMinute.some((record) => record.state === state);
      if (has("incomplete")) return "incomplete";
      if (has("unknown")) return "unknown";
      return has("present") ? "present" : "empty";
    });
    return cells.flatMap((state, index): CompletenessRange[] => {
      if (state === undefined || cells[index - 1] === state) return [];
      let end = index;
      while (cells[end] === state) end++;
      return [{ ...one, state, from: from + index * 60, to: from + end * 60 }];
    });
  });
}
