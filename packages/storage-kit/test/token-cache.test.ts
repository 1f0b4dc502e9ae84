import { silentLogger, type Logger } from "@metering/core";
import { createTokenCache } from "@metering/storage-kit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const minute = 60_000;
const start = Date.parse("2026-01-01T00:00:00Z");
const timeoutMs = 5_000;

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

/** A source whose numbered tokens live so long; it counts its calls and fails on demand. */
function createSource(lifeMs: number | undefined) {
  const state = { calls: 0, fresh: [] as boolean[], failure: undefined as unknown };
  const source = async (fresh: boolean) => {
    state.calls += 1;
    state.fresh.push(fresh);
    await Promise.resolve();
    if (state.failure !== undefined) throw state.failure;
    return { id: state.calls, ...(lifeMs === undefined ? {} : { expiration: new Date(Date.now() + lifeMs) }) };
  };
  return { state, source };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test.each([
  ["15 minutes before the end of an hour", 60 * minute, 45 * minute],
  ["15 minutes before the end of 12 hours", 720 * minute, 705 * minute],
  ["in the last quarter of 15 minutes", 15 * minute, 11.25 * minute],
])("a token is refreshed %s, and the old one is given out meanwhile", async (_when, lifeMs, refreshMs) => {
  const { state, source } = createSource(lifeMs);
  const tokens = createTokenCache(source, { timeoutMs });
  await tokens.get();
  vi.setSystemTime(start + refreshMs - 1);
  expect((await tokens.get()).id).toBe(1);
  await settled();
  expect(state.calls).toBe(1);
  vi.setSystemTime(start + refreshMs);
  expect((await tokens.get()).id).toBe(1);
  await settled();
  expect((await tokens.get()).id).toBe(2);
  expect(state.calls).toBe(2);
});

test("one request is made, however many callers ask at once", async () => {
  const { state, source } = createSource(60 * minute);
  const tokens = createTokenCache(source, { timeoutMs });
  await Promise.all(Array.from({ length: 100 }, () => tokens.get()));
  vi.setSystemTime(start + 50 * minute);
  await Promise.all(Array.from({ length: 100 }, () => tokens.get()));
  await settled();
  expect(state.calls).toBe(2);
});

test("an expired token is never given out", async () => {
  const { source, state } = createSource(15 * minute);
  const tokens = createTokenCache(source, { timeoutMs });
  await tokens.get();
  state.failure = new Error("down");
  vi.setSystemTime(start + 15 * minute);
  await expect(tokens.get()).rejects.toBe(state.failure);
  state.failure = undefined;
  expect((await tokens.get()).expiration?.getTime()).toBeGreaterThan(Date.now());
});

test("a token that has expired on arrival is unauthenticated, and the error mentions the clock", async () => {
  const { source } = createSource(-1);
  await expect(createTokenCache(source, { timeoutMs }).get()).rejects.toMatchObject({
    code: "unauthenticated",
    message: expect.stringContaining("clock"),
  });
});

test("a failed refresh is logged and retried with backoff, while the old token stays in use", async () => {
  const { source, state } = createSource(60 * minute);
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const tokens = createTokenCache(source, { timeoutMs, logger });
  await tokens.get();
  state.failure = new Error("canary-in-the-message");
  const attempts: number[] = [];
  for (let ms = 45 * minute; ms < 60 * minute; ms += 250) {
    vi.setSystemTime(start + ms);
    const before = state.calls;
    expect((await tokens.get()).id).toBe(1);
    await settled();
    if (state.calls > before) attempts.push(ms);
  }
  const pauses = attempts.slice(1).map((ms, i) => ms - (attempts[i] ?? 0));
  expect(pauses[0]).toBeLessThanOrEqual(1250);
  expect(Math.max(...pauses)).toBeGreaterThan(25_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(60_250);
  expect(warnings).toHaveLength(attempts.length);
  expect(warnings.join()).not.toContain("canary");
});

test("a token without an expiration is kept until the store refuses it, then a new one is requested", async () => {
  const { source, state } = createSource(undefined);
  const tokens = createTokenCache(source, { timeoutMs });
  const first = await tokens.get();
  vi.setSystemTime(start + 1_000 * minute);
  expect(await tokens.get()).toBe(first);
  tokens.drop(first);
  expect((await tokens.get()).id).toBe(2);
  // What was replaced meanwhile is not dropped a second time.
  tokens.drop(first);
  expect((await tokens.get()).id).toBe(2);
  expect(state.fresh).toEqual([false, true]);
});

test("a source that never resolves does not block the cache forever", async () => {
  let calls = 0;
  const source = (): Promise<{ id: number; expiration?: Date }> =>
    ++calls === 1 ? new Promise(() => {}) : Promise.resolve({ id: calls });
  const tokens = createTokenCache(source, { timeoutMs });
  const first = expect(tokens.get()).rejects.toMatchObject({ code: "timeout" });
  await vi.advanceTimersByTimeAsync(timeoutMs);
  await first;
  expect((await tokens.get()).id).toBe(2);
});

test("a caller can stop waiting, and the others still get their token", async () => {
  const { source } = createSource(60 * minute);
  const tokens = createTokenCache(source, { timeoutMs });
  const controller = new AbortController();
  const aborted = tokens.get(controller.signal);
  const other = tokens.get();
  controller.abort("reason");
  await expect(aborted).rejects.toBe("reason");
  expect((await other).id).toBe(1);
});
