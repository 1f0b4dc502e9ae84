import { createSlots, isMeteringError, MeteringError, wait, withAttempts, type AttemptRules } from "@metering/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const waits: number[] = [];
const rules: AttemptRules = {
  maxAttempts: 4,
  timeoutMs: 1000,
  judge: (error) =>
    isMeteringError(error)
      ? { error, repeat: error.retryable, retryAfterMs: error.code === "throttled" ? 7000 : undefined }
      : { error: new MeteringError("timeout", "No answer."), repeat: true },
  onRepeat: (_, waitMs) => void waits.push(waitMs),
};
beforeEach(() => {
  waits.length = 0;
});

async function run(...outcomes: readonly (MeteringError | "hangs" | "succeeds")[]) {
  let sent = 0;
  const call = withAttempts(rules, undefined, async (signal) => {
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

describe("attempts", () => {
  const failure = new MeteringError("unavailable", "Down.");
  const final = new MeteringError("permission-denied", "Not allowed.");

  it("are repeated until one succeeds", async () => {
    expect(await run(failure, "hangs", "succeeds")).toStrictEqual({ result: "result", sent: 3 });
    expect(waits).toHaveLength(2);
  });

  it("end with the last error when there were enough", async () => {
    expect(await run(failure, failure, failure, failure, "succeeds")).toStrictEqual({ error: failure, sent: 4 });
  });

  it("end at once with an error that repeating does not mend", async () => {
    expect(await run(final, "succeeds")).toStrictEqual({ error: final, sent: 1 });
  });

  it("wait as long as the store asked for, at least", async () => {
    await run(new MeteringError("throttled", "Slow down."), "succeeds");
    expect(waits[0]).toBeGreaterThanOrEqual(7000);
  });

  it("end with the signal's reason, also while waiting or under way", async () => {
    for (const outcome of ["fails", "hangs"]) {
      const abort = new AbortController();
      const reason = new Error("enough");
      const call = withAttempts(rules, abort.signal, () =>
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

describe("slots", () => {
  it("let so many calls run at once, the others in order, and tell when all are done", async () => {
    const slots = createSlots(2);
    const order: string[] = [];
    const call = (name: string) =>
      slots.run(undefined, async () => {
        order.push(name);
        await wait(10, undefined);
      });
    const calls = ["a", "b", "c", "d"].map(call);
    await vi.advanceTimersByTimeAsync(5);
    expect(order).toStrictEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(10);
    expect(order).toStrictEqual(["a", "b", "c", "d"]);
    const idle = slots.idle();
    await vi.runAllTimersAsync();
    await Promise.all([...calls, idle]);
  });

  it("are left by a call that is aborted while it waits, and freed by one that fails", async () => {
    const slots = createSlots(1);
    const abort = new AbortController();
    const failing = slots.run(undefined, async () => {
      await wait(10, undefined);
      throw new Error("failed");
    });
    const failed = failing.catch(() => "failed");
    const aborted = slots.run(abort.signal, async () => "ran").catch((error: unknown) => error);
    const last = slots.run(undefined, async () => "ran");
    abort.abort("enough");
    await vi.runAllTimersAsync();
    expect(await Promise.all([failed, aborted, last])).toStrictEqual(["failed", "enough", "ran"]);
  });
});

it("one signal can serve any number of calls without a warning of a leak", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { signal } = new AbortController();
  const slots = createSlots(1);
  const calls = Array.from({ length: 50 }, () =>
    slots.run(signal, () => withAttempts(rules, signal, () => wait(1, signal))),
  );
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(warnings).not.toHaveBeenCalled();
});
