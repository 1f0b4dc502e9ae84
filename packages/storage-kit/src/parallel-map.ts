/** In the source's order, or as soon as each result is there. */
export type ResultOrder = "stable" | "arrival";

/** How {@link parallelMap} runs. */
export interface ParallelOptions {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  /** Default: `stable`. */
  readonly order?: ResultOrder;
}

/**
 * Maps a source with bounded concurrency. The source is asked for at most `concurrency` items ahead of the consumer. A
 * consumer that stops, a failure and the signal all end what is under way; both source and map are given the signal to
 * heed.
 */
export async function* parallelMap<In, Out>(
  source: (signal: AbortSignal) => AsyncIterable<In>,
  map: (item: In, signal: AbortSignal) => Promise<Out>,
  { concurrency, signal, order = "stable" }: ParallelOptions,
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
      if (!exhausted && running.length < concurrency) {
        pulling ??= iterator.next();
        const pulled = await (running.length === 0
          ? pulling
          : Promise.race([pulling, nothingOf(nextDone(running, order))]));
        if (pulled !== undefined) {
          pulling = undefined;
          if (pulled.done === true) exhausted = true;
          else running.push(started(map(pulled.value, either)));
          continue;
        }
      }
      for (const task of running.splice(await nextDone(running, order), 1)) yield await task;
    }
  } finally {
    stop.abort();
    void pulling?.catch(ignore);
    await iterator.return?.().catch(ignore);
    await Promise.allSettled(running);
  }
}

const ignore = (): void => {};

/** Waits for the next result, and tells which of the running tasks has it. */
async function nextDone(running: readonly Promise<unknown>[], order: ResultOrder): Promise<number> {
  const candidates = order === "stable" ? running.slice(0, 1) : running;
  return Promise.race(
    candidates.map(async (task, index) => {
      await task.catch(ignore);
      return index;
    }),
  );
}

async function nothingOf(task: Promise<unknown>): Promise<undefined> {
  await task;
  return undefined;
}

/** A task whose failure is looked at later, when its turn comes: until then it is no unhandled rejection. */
function started<Out>(task: Promise<Out>): Promise<Out> {
  void task.catch(ignore);
  return task;
}
