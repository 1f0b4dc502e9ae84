import { toMinute, toSeconds } from "@metering/core";
import { expect, it } from "vitest";

it("a date is rounded down to its minute or second", () => {
  const date = new Date("2025-08-22T08:13:42.999Z");
  expect(toMinute(date)).toBe(1755850380);
  expect(toSeconds(date)).toBe(1755850422);
});

it.each([new Date(Number.NaN), new Date(0), new Date(-1), new Date(253_402_300_800_000)])("%s is refused", (date) => {
  expect(() => toMinute(date)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  expect(() => toSeconds(date)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
