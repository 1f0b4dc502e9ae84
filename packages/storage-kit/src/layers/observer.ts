import type { CallOptions, ObjectStorage } from "@metering/core";
import { observe, observeItems, type Amounts, type Observation, type Observer } from "../observer.ts";
import type { Verb } from "./layer.ts";

const nothing = (): Amounts => ({});

/** The options of a call, which also tell the observation of further attempts. */
function watched<Options extends CallOptions>(options: Options | undefined, observation: Observation | undefined) {
  if (observation === undefined) return options;
  const onRetry: CallOptions["onRetry"] = (error) => {
    observation.retry(error);
    options?.onRetry?.(error);
  };
  return { ...options, onRetry };
}

/**
 * Tells an observer of every call: how long it took, how much it moved, how it failed, and each further attempt of the
 * storage and of layers below. Put it outermost.
 */
export function withObserver(storage: ObjectStorage, observer: Observer): ObjectStorage {
  const { name } = storage;
  const call = <Result>(
    verb: Verb,
    work: (observation: Observation | undefined) => Promise<Result>,
    amountsOf: (result: Result) => Amounts,
  ): Promise<Result> => observe(observer, { name: verb, storage: name }, work, amountsOf);
  return {
    name,
    id: storage.id,
    put: (key, body, options) =>
      call(
        "put",
        (observation) => storage.put(key, body, watched(options, observation)),
        () => ({ bytes: body.length }),
      ),
    get: (key, options) =>
      call(
        "get",
        (observation) => storage.get(key, watched(options, observation)),
        ({ length }) => ({ bytes: length }),
      ),
    head: (key, options) => call("head", (observation) => storage.head(key, watched(options, observation)), nothing),
    delete: (key, options) =>
      call("delete", (observation) => storage.delete(key, watched(options, observation)), nothing),
    list(prefix, options) {
      const listed = { objects: 0 };
      return observeItems(
        observer,
        { name: "list", storage: name },
        (observation) => storage.list(prefix, watched(options, observation)),
        (object) => {
          if (object !== undefined) listed.objects++;
          return listed;
        },
      );
    },
    close: () => storage.close(),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}
