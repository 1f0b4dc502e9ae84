import { backoffMs, parseRetryAfter } from "@metering/storage-kit";
import { expect, test } from "vitest";

const longest = (retry: number, throttled = false): number =>
  Math.max(...Array.from({ length: 2_000 }, () => backoffMs({ retry, throttled })));

test("waits double from 50 ms, or from 500 ms if throttled, up to 10 s", () => {
  for (const [retry, throttled, most] of [
    [1, false, 50],
    [2, false, 100],
    [1, true, 500],
    [30, false, 10_000],
  ] as const) {
    expect(longest(retry, throttled)).toBeLessThanOrEqual(most);
    expect(longest(retry, throttled)).toBeGreaterThan(most * 0.9);
  }
});

test("a wait is never shorter than the store asked, up to 30 s", () => {
  expect(backoffMs({ retry: 1, throttled: false, retryAfterMs: 7_000 })).toBe(7_000);
  expect(backoffMs({ retry: 1, throttled: false, retryAfterMs: 86_400_000 })).toBe(30_000);
});

test("Retry-After is seconds or a date", () => {
  expect(parseRetryAfter("7")).toBe(7_000);
  expect(parseRetryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  for (const none of [undefined, "", "0", "soon", new Date(0).toUTCString(), 7]) {
    expect(parseRetryAfter(none)).toBeUndefined();
  }
});
