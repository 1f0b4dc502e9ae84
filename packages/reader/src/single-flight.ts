interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly stop: AbortController;
  readonly startedMs: number;
  waiting: number;
  landed: boolean;
}

/** Runs `start` for the first caller of a key and gives its result to everyone who asks for that key in the meantime. */
export type SingleFlight<Result> = (
  key: string,
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/**
 * Makes one call of concurrent calls with the same key. A caller that aborts leaves; the call itself is aborted when the
 * last caller has left.
 *
 * @param maxAgeMs A call that started this long ago, or longer, is not joined: its result may be older than the caller
 *   accepts. Default: no limit.
 */
export function createSingleFlight<Result>(maxAgeMs = Number.POSITIVE_INFINITY): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>();

  const forget = (key: string, flight: Flight<Result>): void => {
    if (flights.get(key) === flight) flights.delete(key);
  };

  const begin = (key: string, start: (signal: AbortSignal) => Promise<Result>): Flight<Result> => {
    const stop = new AbortController();
    const result = start(stop.signal).finally(() => {
      flight.landed = true;
      forget(key, flight);
    });
    const flight: Flight<Result> = { result, stop, startedMs: Date.now(), waiting: 0, landed: false };
    flights.set(key, flight);
    return flight;
  };

  const join = (key: string): Flight<Result> | undefined => {
    const flight = flights.get(key);
    return flight !== undefined && Date.now() - flight.startedMs < maxAgeMs ? flight : undefined;
  };

  return async (key, signal, start) => {
    signal?.throwIfAborted();
    const flight = join(key) ?? begin(key, start);
    flight.waiting++;
    try {
      return await abortable(flight.result, signal);
    } finally {
      if (--flight.waiting === 0 && !flight.landed) {
        forget(key, flight);
        flight.stop.abort();
      }
    }
  };
}

async function abortable<Result>(result: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener("abort", abort);
  }
}
