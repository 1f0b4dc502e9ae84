import { silentLogger } from "@metering/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepFresh } from "../src/fresh-credentials.ts";

const minute = 60_000;

/** Sessions that are numbered and last for a while, or fail as planned. */
function sessions(lifeMs: number) {
  const state = { fetched: 0, fail: false };
  const fetch = async () => {
    state.fetched += 1;
    if (state.fail) throw new Error("no session");
    const expiration = new Date(Date.now() + lifeMs);
    return { accessKeyId: `session-${state.fetched}`, secretAccessKey: "secret", expiration };
  };
  const credentials = keepFresh(fetch, silentLogger);
  return { state, current: async () => (await credentials()).accessKeyId };
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a session of an hour is renewed 15 minutes before its end, while the old one serves", async () => {
  const { current } = sessions(60 * minute);
  expect(await current()).toBe("session-1");
  pass(44 * minute);
  expect(await current()).toBe("session-1");
  await settle();
  expect(await current()).toBe("session-1");
  pass(2 * minute);
  expect(await current()).toBe("session-1");
  await settle();
  expect(await current()).toBe("session-2");
});

test("a short session is renewed in the last quarter of its life", async () => {
  const { current } = sessions(8 * minute);
  await current();
  pass(5.9 * minute);
  await current();
  await settle();
  expect(await current()).toBe("session-1");
  pass(0.2 * minute);
  await current();
  await settle();
  expect(await current()).toBe("session-2");
});

test("a session that has ended is never given out", async () => {
  const { state, current } = sessions(minute);
  await current();
  pass(minute);
  state.fail = true;
  await expect(current()).rejects.toThrow("no session");
  state.fail = false;
  expect(await current()).toBe("session-3");
});

test("calls at once share one fetch, at the start and at the end", async () => {
  const { state, current } = sessions(minute);
  await Promise.all(Array.from({ length: 20 }, current));
  expect(state.fetched).toBe(1);
  pass(50_000);
  await Promise.all(Array.from({ length: 20 }, current));
  pass(minute);
  await Promise.all(Array.from({ length: 20 }, current));
  expect(state.fetched).toBe(3);
});

test("a failed renewal is not tried again with every call, but before the session ends", async () => {
  const { state, current } = sessions(4 * minute);
  await current();
  pass(3.1 * minute);
  state.fail = true;
  for (let i = 0; i < 10; i++) {
    await current();
    await settle();
  }
  expect(state.fetched).toBe(2);
  state.fail = false;
  pass(0.5 * minute);
  expect(await current()).toBe("session-1");
  await settle();
  expect(await current()).toBe("session-3");
});

test("credentials that do not expire are fetched once", async () => {
  let fetched = 0;
  const credentials = keepFresh(async () => {
    fetched += 1;
    return { accessKeyId: "key", secretAccessKey: "secret" };
  }, silentLogger);
  await credentials();
  pass(1000 * minute);
  await credentials();
  expect(fetched).toBe(1);
});
