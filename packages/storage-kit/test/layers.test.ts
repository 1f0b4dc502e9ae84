import { MeteringError, type Logger } from "@metering/core";
import {
  sleep,
  withFaults,
  withLatency,
  withLimit,
  withLogging,
  withPrefix,
  withRetries,
  withTimeLimit,
  type CountedCall,
  type Fault,
} from "@metering/storage-kit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryStorage } from "./memory.ts";

const body = new TextEncoder().encode("body");
const hour = 3_600_000;

function faulty(plan: (call: CountedCall) => Fault | undefined) {
  return withFaults(createMemoryStorage(), plan);
}

async function keysOf(listing: AsyncIterable<{ readonly key: string }>): Promise<string[]> {
  const keys = [];
  for await (const { key } of listing) keys.push(key);
  return keys;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What comes of a call once all timers have run. */
async function settled<Result>(call: Promise<Result>): Promise<Result> {
  call.catch(() => {});
  await vi.runAllTimersAsync();
  return call;
}

describe("withRetries", () => {
  test("retries a call that failed with a retryable error, up to maxAttempts", async () => {
    const storage = faulty(({ count }) => (count < 3 ? { before: "unavailable" } : undefined));
    await settled(withRetries(storage, { maxAttempts: 3 }).put("key", body));
    expect(storage.counts.put).toBe(3);
    const hopeless = faulty(() => ({ before: "throttled" }));
    await expect(settled(withRetries(hopeless, { maxAttempts: 3 }).get("key"))).rejects.toMatchObject({
      code: "throttled",
    });
    expect(hopeless.counts.get).toBe(3);
  });

  test("does not retry a permanent failure", async () => {
    const storage = faulty(() => ({ before: "permission-denied" }));
    await expect(settled(withRetries(storage).head("key"))).rejects.toMatchObject({ code: "permission-denied" });
    expect(storage.counts.head).toBe(1);
  });

  test("sends a put with ifAbsent once: a lost response would look like another writer's object", async () => {
    const storage = faulty(({ verb }) => (verb === "put" ? { after: "unavailable" } : undefined));
    const put = withRetries(storage).put("key", body, { ifAbsent: true });
    await expect(settled(put)).rejects.toMatchObject({ code: "unavailable" });
    expect(storage.counts.put).toBe(1);
  });

  test("resumes a listing after its last key, yielding each key once", async () => {
    const storage = faulty(({ verb, count }) =>
      verb === "list" && count === 1 ? { after: "unavailable" } : undefined,
    );
    for (const key of ["a", "b", "c"]) await storage.put(key, body);
    expect(await settled(keysOf(withRetries(storage).list("")))).toEqual(["a", "b", "c"]);
    expect(storage.counts.list).toBe(2);
  });
});

describe("withLimit", () => {
  test("limits concurrent calls", async () => {
    let running = 0;
    let most = 0;
    const inner = createMemoryStorage();
    const slow = {
      ...inner,
      async head(key: string) {
        most = Math.max(most, ++running);
        await sleep(10);
        running--;
        return inner.head(key);
      },
    };
    const storage = withLimit(slow, 3);
    await settled(Promise.all(Array.from({ length: 20 }, (_, i) => storage.head(String(i)))));
    expect(most).toBe(3);
  });

  test("lets the consumer of a listing make calls during it, even with a limit of one", async () => {
    const storage = withLimit(createMemoryStorage(), 1);
    for (const key of ["a", "b"]) await storage.put(key, body);
    const read: string[] = [];
    for await (const { key } of storage.list("")) read.push(String((await storage.get(key)).byteLength));
    expect(read).toEqual(["4", "4"]);
  });
});

describe("withTimeLimit", () => {
  test("ends a call and a step of a listing with timeout, naming key and storage", async () => {
    const storage = withTimeLimit(
      faulty(() => ({ delayMs: hour })),
      1000,
    );
    const calls: readonly (() => Promise<unknown>)[] = [() => storage.get("key"), () => keysOf(storage.list("key"))];
    for (const call of calls) {
      await expect(settled(call())).rejects.toMatchObject({ code: "timeout", key: "key", storage: "memory:test" });
    }
  });

  test("lets the consumer of a listing take its time", async () => {
    const storage = withTimeLimit(createMemoryStorage(), 1000);
    for (const key of ["a", "b"]) await storage.put(key, body);
    const slow = async (): Promise<number> => {
      let seen = 0;
      for await (const { key } of storage.list("")) {
        await sleep(hour);
        seen += key.length;
      }
      return seen;
    };
    expect(await settled(slow())).toBe(2);
  });

  test("keeps the reason of the caller's own abort", async () => {
    const storage = withTimeLimit(
      faulty(() => ({ delayMs: hour })),
      1000,
    );
    const controller = new AbortController();
    const call = storage.put("key", body, { signal: controller.signal });
    controller.abort("enough");
    await expect(call).rejects.toBe("enough");
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Fills as the calls end. */
function endedOf(calls: readonly Promise<unknown>[]): number[] {
  const ended: number[] = [];
  for (const [i, call] of calls.entries()) void call.then(() => ended.push(i));
  return ended;
}

describe("withLatency", () => {
  test("delays every verb, half of the time before the storage does its work", async () => {
    const inner = createMemoryStorage();
    const storage = withLatency(inner, 100);
    const ended = endedOf([storage.put("key", body), storage.head("other"), storage.delete("other")]);
    await vi.advanceTimersByTimeAsync(49);
    expect(await inner.head("key")).toBeUndefined();
    await vi.advanceTimersByTimeAsync(50);
    expect([await inner.head("key"), ended]).toMatchObject([{ size: 4 }, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveLength(3);
    const listed = endedOf([keysOf(storage.list("")), storage.get("key")]);
    await vi.advanceTimersByTimeAsync(99);
    expect(listed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(listed).toHaveLength(2);
  });

  test("an abort in the second half ends the call and leaves the work done", async () => {
    const inner = createMemoryStorage();
    const controller = new AbortController();
    const put = withLatency(inner, 100).put("key", body, { signal: controller.signal });
    const outcome = expect(put).rejects.toBe("enough");
    await vi.advanceTimersByTimeAsync(75);
    controller.abort("enough");
    await outcome;
    expect(await inner.head("key")).toMatchObject({ size: 4 });
  });
});

describe("withPrefix", () => {
  test("keys are relative to it, also in errors and for invalid names", async () => {
    const outer = createMemoryStorage();
    const storage = withPrefix(outer, "team/a");
    await storage.put("key", body);
    await outer.put("team/b", body);
    expect(await keysOf(outer.list(""))).toEqual(["team/a/key", "team/b"]);
    expect(await keysOf(storage.list(""))).toEqual(["key"]);
    expect((await storage.head("key"))?.key).toBe("key");
    await expect(storage.get("missing")).rejects.toMatchObject({ code: "not-found", key: "missing" });
    await expect(storage.get("../b")).rejects.toMatchObject({ code: "invalid-key" });
    expect([storage.name, storage.id]).toEqual(["memory:test/team/a/", "memory:test/team/a/"]);
  });

  test("layers can be combined", async () => {
    const storage = withPrefix(withPrefix(createMemoryStorage(), "a"), "b");
    await storage.put("c", body);
    expect(await storage.get("c")).toEqual(body);
    expect(storage.id).toBe("memory:test/a/b/");
  });
});

test("withLogging logs verb, key, code and duration of each call, and no bodies or causes", async () => {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const failing = new MeteringError("unavailable", "secret text");
  const inner = faulty(({ verb }) => (verb === "get" ? { before: failing } : undefined));
  const storage = withLogging(inner, logger);
  await storage.put("a", body);
  await storage.get("a").catch(() => {});
  await keysOf(storage.list(""));
  expect(lines.map((line) => line.replace(/\d+ ms/, "N ms"))).toEqual([
    'put "a" in memory:test: done after N ms',
    'get "a" in memory:test: unavailable after N ms',
    'list "" in memory:test: done after N ms',
  ]);
});
