import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration } from "../src/input/duration.ts";
import { parseMoment, parseSpan } from "../src/input/moment.ts";
import { formatMoment } from "../src/output/moments.ts";
import { UsageError } from "../src/usage-error.ts";

const eight = 1_755_849_600; // 2025-08-22T08:00

test.each([
  ["2025-08-22T08:00", eight],
  ["2025-08-22 08:00", eight],
  ["2025-08-22T08:00:30Z", eight + 30],
  ["2025-08-22T08", eight],
  ["2025-08", 1_754_006_400],
  ["yesterday", 1_755_734_400],
  ["today", 1_755_820_800],
  ["now", eight + 90],
  ["-1h", eight - 3510],
  ["1755849600", eight],
])("%s is one moment in UTC", (text, seconds) => {
  expect(parseMoment(text, eight + 90)).toBe(seconds);
});

test.each([
  ["2024-02", 29 * 86_400],
  ["2025-12", 31 * 86_400],
  ["2025", 365 * 86_400],
  ["2025-12-31", 86_400],
  ["2025-12-31T23", 3600],
  ["yesterday", 86_400],
])("%s has its length in the calendar", (text, length) => {
  const { from, to } = parseSpan(text, eight);
  expect(to - from).toBe(length);
});

test("the same moment comes back from how it is written", () => {
  const seconds = fc.integer({ min: 1_000_000_000, max: 4_102_444_800 });
  fc.assert(
    fc.property(seconds, (moment) => {
      expect(parseMoment(formatMoment(moment), 0)).toBe(moment);
    }),
  );
});

test("any other text is refused, and days that no calendar has", () => {
  for (const text of ["2025-02-30", "2025-13", "2025-08-22T25", "22.08.2025", "1755849600000", "-1w", "-", ""]) {
    expect(() => parseMoment(text, eight)).toThrow(UsageError);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(Number.isSafeInteger(parseMoment(text, eight))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }),
  );
});

test("durations have a unit", () => {
  expect(["90s", "15m", "24h", "7d"].map(parseDuration)).toEqual([90, 900, 86_400, 604_800]);
  for (const text of ["15", "15 m", "m", "1.5h", "-1h"]) expect(() => parseDuration(text)).toThrow(UsageError);
});
