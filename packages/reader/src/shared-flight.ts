interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly stop: AbortController;
  waiting: number;
}

/** Runs `start` for the first caller of a key and gives all who ask meanwhile the same result. */
export type ShareFlight<Result> = (
  key: string,
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** Concurrent equal calls as one. A caller that aborts leaves; the call itself ends when the last one has left. */
export function createShareFlight<Result>(): ShareFlight<Result> {
  const flights = new Map<string, Flight<Result>>();

  const begin = (key: string, start: (signal: AbortSignal) => Promise<Result>): Flight<Result> => {
    const stop = new AbortController();
    const flight: Flight<Result> = { stop, waiting: 0, result: start(stop.signal).finally(() => leave(key, flight)) };
    flights.set(key, flight);
    return flight;
  };
  const leave = (key: string, flight: Flight<Result>): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  return async (key, signal, start) => {
    signal?.throwIfAborted();
    const flight = flights.get(key) ?? begin(key, start);
    flight.waiting++;
    try {
      return await abortable(flight.result, signal);
    } finally {
      if (--flight.waiting === 0) {
        leave(key, flight);
        flight.stop.abort();
      }
    }
  };
}

async function abortable<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  const left = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: left.signal });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    left.abort();
  }
}
