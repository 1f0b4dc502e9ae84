import type { MeteringError } from "@metering/core";
import { backoffMs } from "./backoff.ts";
import { sleep } from "./sleep.ts";
import { withTimeout } from "./timeout.ts";

/** A failed attempt, understood. */
export interface Failure {
  readonly error: MeteringError;
  /** Whether another attempt may succeed. */
  readonly retry: boolean;
  /** How long the store asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/** How {@link withRetry} repeats an attempt. */
export interface RetryRules {
  /** Attempts at most, the first included. */
  readonly maxAttempts: number;
  /** Time limit of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Understands whatever an attempt rejected with; one that took too long rejects with `timeout`. */
  readonly classify: (error: unknown) => Failure;
  /** Called before each wait. */
  readonly onRetry?: ((error: MeteringError, waitMs: number) => void) | undefined;
}

/** One attempt. It must heed the signal, which aborts when its time is over or the caller aborts. */
export type Attempt<Result> = (signal: AbortSignal) => Promise<Result>;

/**
 * Repeats an attempt until it succeeds, fails for good or was made `maxAttempts` times, with exponential backoff and
 * jitter in between.
 *
 * @throws the caller's reason, or the error of the last attempt as classified.
 */
export async function withRetry<Result>(
  { maxAttempts, timeoutMs, classify, onRetry }: RetryRules,
  signal: AbortSignal | undefined,
  attempt: Attempt<Result>,
): Promise<Result> {
  for (let number = 1; ; number++) {
    try {
      return await withTimeout(timeoutMs, signal, attempt);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = classify(error);
      if (!failure.retry || number >= maxAttempts) throw failure.error;
      const throttled = failure.error.code === "throttled";
      const waitMs = backoffMs({ retry: number, throttled, retryAfterMs: failure.retryAfterMs });
      onRetry?.(failure.error, waitMs);
      await sleep(waitMs, signal);
    }
  }
}
