import { isMeteringError, type Logger, silentLogger } from "@metering/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCredentialCache, type OssCredentials } from "../src/index.ts";

const minute = 60_000;
const start = Date.parse("2026-01-01T00:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: start }));
afterEach(() => void vi.useRealTimers());

/** A provider whose credentials live so long; it counts its calls and fails on demand. */
function createProvider(lifeMs: number) {
  const state = { calls: 0, failure: undefined as unknown };
  const provider = async (): Promise<OssCredentials> => {
    state.calls += 1;
    await Promise.resolve();
    if (state.failure !== undefined) throw state.failure;
    const expiration = new Date(Date.now() + lifeMs);
    return { accessKeyId: `key-${state.calls}`, accessKeySecret: "secret", securityToken: "token", expiration };
  };
  return { state, provider };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

test.each([
  ["15 minutes before the end of an hour", 60 * minute, 45 * minute],
  ["15 minutes before the end of 12 hours", 720 * minute, 705 * minute],
  ["in the last quarter of 15 minutes", 15 * minute, 11.25 * minute],
])("new credentials are asked for %s, and the old ones given out meanwhile", async (_when, lifeMs, refreshMs) => {
  const { state, provider } = createProvider(lifeMs);
  const credentials = createCredentialCache(provider);
  await credentials();
  vi.setSystemTime(start + refreshMs - 1);
  expect((await credentials()).accessKeyId).toBe("key-1");
  expect(state.calls).toBe(1);
  vi.setSystemTime(start + refreshMs);
  expect((await credentials()).accessKeyId).toBe("key-1");
  await settled();
  expect((await credentials()).accessKeyId).toBe("key-2");
  expect(state.calls).toBe(2);
});

test("however many ask at once, one request is made", async () => {
  const { state, provider } = createProvider(60 * minute);
  const credentials = createCredentialCache(provider);
  await Promise.all(Array.from({ length: 100 }, () => credentials()));
  vi.setSystemTime(start + 50 * minute);
  await Promise.all(Array.from({ length: 100 }, () => credentials()));
  await settled();
  expect(state.calls).toBe(2);
});

test("expired credentials are never given out", async () => {
  const { provider, state } = createProvider(15 * minute);
  const credentials = createCredentialCache(provider);
  await credentials();
  state.failure = new Error("down");
  vi.setSystemTime(start + 15 * minute);
  await expect(credentials()).rejects.toBe(state.failure);
  state.failure = undefined;
  const { expiration } = await credentials();
  expect(expiration?.getTime()).toBeGreaterThan(Date.now());
});

test("a refresh that fails is logged and tried again with growing pauses, and the old ones serve on", async () => {
  const { provider, state } = createProvider(60 * minute);
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const credentials = createCredentialCache(provider, { logger });
  await credentials();
  state.failure = new Error("canary-in-the-message");
  const attempts: number[] = [];
  for (let ms = 45 * minute; ms < 60 * minute; ms += 250) {
    vi.setSystemTime(start + ms);
    const before = state.calls;
    expect((await credentials()).accessKeyId).toBe("key-1");
    await settled();
    if (state.calls > before) attempts.push(ms);
  }
  const pauses = attempts.slice(1).map((ms, i) => ms - (attempts[i] ?? 0));
  expect(pauses[0]).toBeLessThanOrEqual(1250);
  expect(Math.max(...pauses)).toBeGreaterThan(25_000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(60_250);
  expect(attempts.length).toBeGreaterThan(15);
  expect(warnings).toHaveLength(attempts.length);
  expect(warnings.join()).not.toContain("canary");
});

test("credentials without an end are asked for each time, once for all that wait", async () => {
  let calls = 0;
  const credentials = createCredentialCache(async () => {
    calls += 1;
    return { accessKeyId: `key-${calls}`, accessKeySecret: "secret" };
  });
  await Promise.all([credentials(), credentials()]);
  expect((await credentials()).accessKeyId).toBe("key-2");
});

test.each([
  ["nothing", undefined],
  ["an empty key", { accessKeyId: "", accessKeySecret: "canary-secret" }],
  ["a text as end", { accessKeyId: "id", accessKeySecret: "canary-secret", expiration: "tomorrow" }],
])("%s is no credentials", async (_what, value) => {
  // What a program without types may return.
  const provider: () => Promise<OssCredentials> = JSON.parse.bind(undefined, JSON.stringify(value) ?? "null");
  const error: unknown = await createCredentialCache(provider)().catch((thrown: unknown) => thrown);
  expect(isMeteringError(error, "unauthenticated")).toBe(true);
  expect(String(error)).not.toContain("canary");
});

test("credentials that have expired already are no credentials", async () => {
  const { provider } = createProvider(-1);
  await expect(createCredentialCache(provider)()).rejects.toMatchObject({ code: "unauthenticated" });
});

test("who waits can stop waiting, and the others still get theirs", async () => {
  const { provider } = createProvider(60 * minute);
  const credentials = createCredentialCache(provider);
  const controller = new AbortController();
  const aborted = credentials({ signal: controller.signal });
  const other = credentials();
  controller.abort("reason");
  await expect(aborted).rejects.toBe("reason");
  expect((await other).accessKeyId).toBe("key-1");
});
