import { allowManyListeners } from "./abort.ts";

/** Bounds how many calls run at once. */
export interface Semaphore {
  /** Runs `call` once there is room, first come, first served; rejects with the signal's reason if it aborts before. */
  readonly run: <Result>(signal: AbortSignal | undefined, call: () => Promise<Result>) => Promise<Result>;
  /** Resolves once no call runs or waits. */
  readonly idle: () => Promise<void>;
}

/** A semaphore for `limit` calls at once. */
export function createSemaphore(limit: number): Semaphore {
  const waiting = new Set<() => void>();
  let running = 0;
  let whenIdle: (() => void)[] = [];

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.delete(start);
        reject(signal?.reason);
      };
      waiting.add(start);
      signal?.addEventListener("abort", giveUp, { once: true });
    });

  const release = (): void => {
    const [next] = waiting;
    if (next !== undefined) {
      // The place goes to the next call without becoming free in between.
      waiting.delete(next);
      next();
      return;
    }
    running -= 1;
    if (running > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  return {
    async run(signal, call) {
      signal?.throwIfAborted();
      allowManyListeners(signal);
      if (running >= limit) await turn(signal);
      else running += 1;
      try {
        return await call();
      } finally {
        release();
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  };
}
