import { setTimeout as sleep } from "node:timers/promises";
import type { MeteringError } from "@metering/core";

/** What is to be done about a failed attempt. */
export interface Failure {
  readonly error: MeteringError;
  /** Whether to try again. */
  readonly repeat: boolean;
  /** How long the store asked us to wait. */
  readonly retryAfterMs?: number | undefined;
}

export interface AttemptRules {
  readonly maxAttempts: number;
  /** Time for one attempt. */
  readonly timeoutMs: number;
  /** Makes sense of whatever an attempt rejected with; `undefined` stands for its time being over. */
  readonly judge: (error: unknown) => Failure;
  readonly onRepeat: (error: MeteringError, waitMs: number) => void;
}

/** One attempt: must heed the signal. */
export type Attempt<Result> = (signal: AbortSignal) => Promise<Result>;

const firstWaitMs = 50;
const throttledWaitMs = 500;
const longestWaitMs = 10_000;
const longestRetryAfterMs = 30_000;

/** Exponential backoff with full jitter, so that clients which failed together do not come back together. */
function waitBefore(next: number, { error, retryAfterMs = 0 }: Failure): number {
  const first = error.code === "throttled" ? throttledWaitMs : firstWaitMs;
  const backoffMs = Math.random() * Math.min(longestWaitMs, first * 2 ** (next - 2));
  return Math.max(backoffMs, Math.min(retryAfterMs, longestRetryAfterMs));
}

/** Repeats an attempt as the rules say. Rejects with the signal's reason, or with the last attempt's error. */
export async function withAttempts<Result>(
  rules: AttemptRules,
  signal: AbortSignal | undefined,
  attempt: Attempt<Result>,
): Promise<Result> {
  for (let number = 1; ; number++) {
    const outcome = await runOnce(rules.timeoutMs, signal, attempt);
    if ("result" in outcome) return outcome.result;
    const failure = rules.judge(outcome.error);
    if (!failure.repeat || number >= rules.maxAttempts) throw failure.error;
    const waitMs = waitBefore(number + 1, failure);
    rules.onRepeat(failure.error, waitMs);
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted());
  }
}

async function runOnce<Result>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  attempt: Attempt<Result>,
): Promise<{ readonly result: Result } | { readonly error: unknown }> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  // The race ends what does not heed the signal, such as a provider of credentials.
  const aborted = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
  try {
    return { result: await Promise.race([attempt(controller.signal), aborted]) };
  } catch (error) {
    signal?.throwIfAborted();
    return { error: controller.signal.aborted ? undefined : error };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
