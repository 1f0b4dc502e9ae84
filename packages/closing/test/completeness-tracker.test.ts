import fc from "fast-check";
import { expect, test } from "vitest";
import { createCompletenessTracker, type CompletenessRange } from "../src/completeness-tracker.ts";
import { componentOf, from, idOf, options, records, to } from "./fleets.ts";
import { naiveCompleteness, type NaiveOptions, type TestRecord } from "./naive-completeness.ts";

const fleet = records(["present", "empty", "incomplete", "unknown"]).map((found) =>
  found.toSorted((a, b) => a.timestamp - b.timestamp),
);

const track = (found: readonly TestRecord[], how: NaiveOptions) => {
  const tracker = createCompletenessTracker({ ...how, componentOf });
  const ranges = found.flatMap((record) => tracker.add(idOf(record), record.state));
  return { ranges: [...ranges, ...tracker.end()], figures: tracker.figures() };
};

const sorted = (ranges: readonly CompletenessRange[]): readonly string[] =>
  ranges.map((range) => JSON.stringify(range)).toSorted();

const report = (minute: number, component: string): TestRecord => ({
  timestamp: from + minute * 60,
  category: "gateway",
  component,
  run: 0,
  sharedPoolId: undefined,
  state: "present",
});

test("the ranges of any fleet are those of a table of every component and minute", () => {
  fc.assert(
    fc.property(fleet, options, (found, how) => {
      expect(sorted(track(found, how).ranges)).toEqual(sorted(naiveCompleteness(found, how)));
    }),
    { numRuns: 1000 },
  );
});

test("ranges come in ascending order of their end, then by category and component", () => {
  fc.assert(
    fc.property(fleet, options, (found, how) => {
      const { ranges } = track(found, how);
      const order = ranges.map(({ to: end, category, component }) => [end, category, component].join(" "));
      expect(order).toEqual(order.toSorted());
    }),
  );
});

test("a range is given as soon as the minute after it is over, so one for each component is held", () => {
  fc.assert(
    fc.property(fleet, options, (found, how) => {
      const all = naiveCompleteness(found, how);
      const tracker = createCompletenessTracker({ ...how, componentOf });
      let given = 0;
      for (const record of found) {
        given += tracker.add(idOf(record), record.state).length;
        if (record.timestamp >= how.openFrom) break;
        expect(given).toBeGreaterThanOrEqual(all.filter((range) => range.to < record.timestamp).length);
      }
    }),
  );
});

test("the figures are those of the ranges", () => {
  fc.assert(
    fc.property(fleet, options, (found, how) => {
      const { ranges, figures } = track(found, how);
      const minutesOf = (state: string): number =>
        ranges.filter((range) => range.state === state).reduce((sum, range) => sum + (range.to - range.from) / 60, 0);
      for (const [state, minutes] of Object.entries(figures.states)) expect(minutes).toBe(minutesOf(state));
      expect(figures.gaps).toBe(ranges.filter(({ state }) => state === "missing").length);
      const names = new Set(ranges.map(({ category, component }) => `${category} ${component}`));
      expect(figures.components).toBe(names.size);
    }),
  );
});

test("a silent time of any length is one range", () => {
  const end = 253_402_300_740;
  const gw = { category: "gateway", component: "gw_1" };
  const { ranges } = track([], { from, to: end, openFrom: end - 6000, expected: [gw] });
  expect(ranges).toEqual([
    { ...gw, state: "missing", from, to: end - 6000 },
    { ...gw, state: "open", from: end - 6000, to: end },
  ]);
});

test("what is learned ends with the last report, and open minutes follow only a report", () => {
  const found = [report(0, "dead"), report(0, "gw_1"), report(3, "gw_1")];
  const { ranges } = track(found, { from, to, openFrom: from + 240, expected: "learned" });
  expect(
    ranges.map(({ component, state, from: start, to: end }) => [component, state, start - from, end - from]),
  ).toEqual([
    ["dead", "present", 0, 60],
    ["gw_1", "present", 0, 60],
    ["gw_1", "missing", 60, 180],
    ["gw_1", "present", 180, 240],
    ["gw_1", "open", 240, to - from],
  ]);
});
