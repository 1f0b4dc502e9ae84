/** Runs a task when fewer than the limit are under way; first come, first served. */
export type Limiter = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Keeps the number of tasks under way, and with it of open files, at or below `limit`. */
export function createLimiter(limit: number): Limiter {
  let free = limit;
  const waiting: (() => void)[] = [];

  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
