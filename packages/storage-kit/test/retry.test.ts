import { isMeteringError, MeteringError } from "@metering/core";
import { createSemaphore, sleep, withRetry, type RetryRules } from "@metering/storage-kit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const waits: number[] = [];
const rules: RetryRules = {
  maxAttempts: 4,
  timeoutMs: 1000,
  classify: (error) =>
    isMeteringError(error)
      ? { error, retry: error.retryable, retryAfterMs: error.code === "throttled" ? 7000 : undefined }
      : { error: new MeteringError("storage-failure", "Unknown."), retry: false },
  onRetry: (_, waitMs) => void waits.push(waitMs),
};
beforeEach(() => {
  waits.length = 0;
});

async function run(...outcomes: readonly (MeteringError | "hangs" | "succeeds")[]) {
  let sent = 0;
  const call = withRetry(rules, undefined, async (signal) => {
    const outcome = outcomes[sent++];
    if (outcome === "hangs") await new Promise((_, reject) => signal.addEventListener("abort", reject));
    if (outcome instanceof MeteringError) throw outcome;
    return "result";
  });
  const settled = call.then(
    (result) => ({ result, sent }),
    (error: unknown) => ({ error, sent }),
  );
  await vi.runAllTimersAsync();
  return settled;
}

describe("withRetry", () => {
  const failure = new MeteringError("unavailable", "Down.");
  const final = new MeteringError("permission-denied", "Not allowed.");

  it("retries an attempt until it succeeds", async () => {
    expect(await run(failure, "hangs", "succeeds")).toStrictEqual({ result: "result", sent: 3 });
    expect(waits).toHaveLength(2);
  });

  it("rejects with the last error after maxAttempts", async () => {
    expect(await run(failure, failure, failure, failure, "succeeds")).toStrictEqual({ error: failure, sent: 4 });
  });

  it("rejects at once with an error that is not worth a retry", async () => {
    expect(await run(final, "succeeds")).toStrictEqual({ error: final, sent: 1 });
  });

  it("waits at least as long as the store asked", async () => {
    await run(new MeteringError("throttled", "Slow down."), "succeeds");
    expect(waits[0]).toBeGreaterThanOrEqual(7000);
  });

  it("rejects with the signal's reason, also during an attempt or a wait", async () => {
    for (const outcome of ["fails", "hangs"]) {
      const abort = new AbortController();
      const reason = new Error("enough");
      const call = withRetry(rules, abort.signal, () =>
        outcome === "fails" ? Promise.reject(failure) : new Promise<never>(() => {}),
      );
      const settled = call.catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(1);
      abort.abort(reason);
      expect(await settled).toBe(reason);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe("a semaphore", () => {
  it("limits concurrent calls, queues the others in order, and reports when all are done", async () => {
    const semaphore = createSemaphore(2);
    const order: string[] = [];
    const call = (name: string) =>
      semaphore.run(undefined, async () => {
        order.push(name);
        await sleep(10, undefined);
      });
    const calls = ["a", "b", "c", "d"].map(call);
    await vi.advanceTimersByTimeAsync(5);
    expect(order).toStrictEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(10);
    expect(order).toStrictEqual(["a", "b", "c", "d"]);
    const idle = semaphore.idle();
    await vi.runAllTimersAsync();
    await Promise.all([...calls, idle]);
  });

  it("releases the place of a call that fails or is aborted while it is queued", async () => {
    const semaphore = createSemaphore(1);
    const abort = new AbortController();
    const failing = semaphore.run(undefined, async () => {
      await sleep(10, undefined);
      throw new Error("failed");
    });
    const failed = failing.catch(() => "failed");
    const aborted = semaphore.run(abort.signal, async () => "ran").catch((error: unknown) => error);
    const last = semaphore.run(undefined, async () => "ran");
    abort.abort("enough");
    await vi.runAllTimersAsync();
    expect(await Promise.all([failed, aborted, last])).toStrictEqual(["failed", "enough", "ran"]);
  });
});

it("one signal serves any number of calls without a leak warning", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { signal } = new AbortController();
  const semaphore = createSemaphore(1);
  const calls = Array.from({ length: 50 }, () =>
    semaphore.run(signal, () => withRetry(rules, signal, () => sleep(1, signal))),
  );
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(warnings).not.toHaveBeenCalled();
});
