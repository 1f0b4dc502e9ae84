/**
 * Maps a source with bounded concurrency and gives the results in the source's order, while later ones are under way.
 * The source is asked for at most `concurrency` items ahead of the consumer. A consumer that stops, a failure and the
 * signal all end what is under way; both source and map are given the signal to heed.
 */
export async function* parallelMap<In, Out>(
  source: (signal: AbortSignal) => AsyncIterable<In>,
  map: (item: In, signal: AbortSignal) => Promise<Out>,
  concurrency: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Out, void, undefined> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const iterator = source(either)[Symbol.asyncIterator]();
  const running: Promise<Out>[] = [];
  let pulling: Promise<IteratorResult<In>> | undefined;
  let exhausted = false;
  try {
    while (!exhausted || running.length > 0) {
      signal?.throwIfAborted();
      const oldest = running[0];
      if (!exhausted && running.length < concurrency) {
        pulling ??= iterator.next();
        const pulled = await (oldest === undefined ? pulling : Promise.race([pulling, settled(oldest)]));
        if (pulled !== undefined) {
          pulling = undefined;
          if (pulled.done === true) exhausted = true;
          else running.push(started(map(pulled.value, either)));
          continue;
        }
      }
      if (oldest === undefined) continue;
      const result = await oldest;
      void running.shift();
      yield result;
    }
  } finally {
    stop.abort();
    void pulling?.catch(ignore);
    await iterator.return?.().catch(ignore);
    await Promise.allSettled(running);
  }
}

const ignore = (): void => {};

async function settled(task: Promise<unknown>): Promise<undefined> {
  await task.catch(ignore);
  return undefined;
}

/** A task whose failure is looked at later, when its turn comes: until then it is no unhandled rejection. */
function started<Out>(task: Promise<Out>): Promise<Out> {
  void task.catch(ignore);
  return task;
}
