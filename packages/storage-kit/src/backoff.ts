const firstWaitMs = 50;
const throttledWaitMs = 500;
const longestWaitMs = 10_000;
const longestRetryAfterMs = 30_000;

/** What a wait depends on. */
export interface BackoffOptions {
  /** Number of the retry: 1 for the first. */
  readonly retry: number;
  /** Whether the store asked for fewer requests: then waits begin ten times as long. */
  readonly throttled: boolean;
  /** How long the store asked to wait, in milliseconds. At most 30 seconds of it are heeded. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Milliseconds to wait before a retry: exponential with full jitter, from 50 ms (500 ms if throttled) to 10 s, so that
 * clients that failed together do not come back together; never sooner than the store asked.
 */
export function backoffMs({ retry, throttled, retryAfterMs = 0 }: BackoffOptions): number {
  const first = throttled ? throttledWaitMs : firstWaitMs;
  const jittered = Math.random() * Math.min(longestWaitMs, first * 2 ** (retry - 1));
  return Math.max(jittered, Math.min(retryAfterMs, longestRetryAfterMs));
}

/** Milliseconds that a `Retry-After` header asks for (seconds or a date); `undefined` where it asks for none. */
export function parseRetryAfter(header: unknown): number | undefined {
  if (typeof header !== "string") return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : undefined;
}
