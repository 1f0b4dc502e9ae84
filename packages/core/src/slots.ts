import { allowManyListeners } from "./many-listeners.ts";

/** A bounded number of calls at once; further ones wait for their turn, in order. */
export interface Slots {
  /** Runs `call` when its turn comes; rejects with the signal's reason if that is aborted before. */
  readonly run: <Result>(signal: AbortSignal | undefined, call: () => Promise<Result>) => Promise<Result>;
  /** Resolves once no call runs or waits. */
  readonly idle: () => Promise<void>;
}

/** Makes room for so many calls at once. */
export function createSlots(limit: number): Slots {
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

  return {
    async run(signal, call) {
      signal?.throwIfAborted();
      allowManyListeners(signal);
      if (running >= limit) await turn(signal);
      else running += 1;
      try {
        return await call();
      } finally {
        const [next] = waiting;
        if (next === undefined) {
          running -= 1;
          if (running === 0) {
            for (const resolve of whenIdle) resolve();
            whenIdle = [];
          }
        } else {
          // The slot goes on to the next one without becoming free in between.
          waiting.delete(next);
          next();
        }
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve))),
  };
}
