import type { MeteringError } from "./errors.ts";
import { allowManyListeners } from "./many-listeners.ts";
import { wait } from "./wait.ts";

/** What is to be done about a failed attempt of an adapter's. */
export interface AttemptFailure {
  readonly error: MeteringError;
  /** Whether to try again. */
  readonly repeat: boolean;
  /** How long the store asked us to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** How an adapter repeats its requests. */
export interface AttemptRules {
  /** How often a request is sent at most. */
  readonly maxAttempts: number;
  /** Time for one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Makes sense of whatever an attempt rejected with; `undefined` stands for its time being over. */
  readonly judge: (error: unknown) => AttemptFailure;
  /** Told before each wait. */
  readonly onRepeat: (error: MeteringError, waitMs: number) => void;
}

const firstWaitMs = 50;
const throttledWaitMs = 500;
const longestWaitMs = 10_000;
const longestRetryAfterMs = 30_000;

/** Exponential backoff with full jitter, so that clients which failed together do not come back together. */
function waitBefore(next: number, { error, retryAfterMs = 0 }: AttemptFailure): number {
  const first = error.code === "throttled" ? throttledWaitMs : firstWaitMs;
  const backoffMs = Math.random() * Math.min(longestWaitMs, first * 2 ** (next - 2));
  return Math.max(backoffMs, Math.min(retryAfterMs, longestRetryAfterMs));
}

/** One request of an adapter's. It must heed the signal. */
export type Attempt<Result> = (signal: AbortSignal) => Promise<Result>;

/**
 * Repeats an attempt as the rules say: with exponential backoff and full jitter, never sooner than the store asked.
 * Each attempt is given a signal that ends it when its time is over or the caller aborts.
 *
 * @throws the signal's reason, or the last attempt's error as judged.
 */
export async function withAttempts<Result>(
  rules: AttemptRules,
  signal: AbortSignal | undefined,
  attempt: Attempt<Result>,
): Promise<Result> {
  allowManyListeners(signal);
  for (let number = 1; ; number++) {
    const outcome = await runOnce(rules.timeoutMs, signal, attempt);
    if ("result" in outcome) return outcome.result;
    const failure = rules.judge(outcome.error);
    if (!failure.repeat || number >= rules.maxAttempts) throw failure.error;
    const waitMs = waitBefore(number + 1, failure);
    rules.onRepeat(failure.error, waitMs);
    await wait(waitMs, signal);
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
