// The part of Node that is used, where there is one.
interface NodeProcess {
  readonly getBuiltinModule?: (id: "events") => {
    readonly setMaxListeners: (limit: number, target: AbortSignal) => void;
  };
}

/**
 * Lets any number of calls listen to one signal. Many calls with the caller's one signal are normal; Node 20 takes them
 * for a leak from the eleventh listener on and prints a warning.
 */
export function allowManyListeners(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const { process }: { readonly process?: NodeProcess } = globalThis;
  process?.getBuiltinModule?.("events").setMaxListeners(0, signal);
}

/** `promise`, or a rejection with the signal's reason as soon as it aborts. The work behind `promise` goes on. */
export function abortable<Result>(promise: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return promise;
  allowManyListeners(signal);
  return new Promise<Result>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
