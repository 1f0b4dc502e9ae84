/** Runs a task when fewer than the limit are under way; first come, first served. An abort ends the wait. */
export type Limiter = <Result>(task: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/** Keeps the number of tasks under way, and with it of open files, at or below `limit`. */
export function createLimiter(limit: number): Limiter {
  let free = limit;
  const waiting = new Set<() => void>();

  const wait = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const enter = (): void => {
        waiting.delete(enter);
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(enter);
        reject(signal?.reason);
      };
      waiting.add(enter);
      signal?.addEventListener("abort", leave, { once: true });
    });

  return async (task, signal) => {
    signal?.throwIfAborted();
    if (free > 0) free--;
    else await wait(signal);
    try {
      return await task();
    } finally {
      const [next] = waiting;
      if (next === undefined) free++;
      else next();
    }
  };
}
