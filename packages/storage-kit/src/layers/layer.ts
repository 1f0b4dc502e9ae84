import type { CallOptions, ListedObject, ListOptions, ObjectStorage } from "@metering/core";

/** The verbs of a storage. */
export type Verb = "put" | "get" | "head" | "delete" | "list";

/** One call on its way to a storage. */
export interface StorageCall {
  readonly verb: Verb;
  /** The key; for `list` the prefix. */
  readonly key: string;
  readonly signal: AbortSignal | undefined;
  /** See `CallOptions.onRetry`. */
  readonly onRetry: CallOptions["onRetry"];
}

/** What a layer does around calls. */
export interface LayerHooks {
  /** Around every verb but `list`. `next` goes on to the storage, with another signal if one is given. */
  readonly call: <Result>(call: StorageCall, next: (signal?: AbortSignal) => Promise<Result>) => Promise<Result>;
  /** Around a listing. `open` asks the storage for it. */
  readonly list: (
    call: StorageCall,
    open: (options: ListOptions) => AsyncIterable<ListedObject>,
    options: ListOptions,
  ) => AsyncIterable<ListedObject>;
}

/** A storage with something done around each call. Name, id and `close` stay those of `storage`. */
export function createLayer(storage: ObjectStorage, hooks: LayerHooks): ObjectStorage {
  const around = <Options extends CallOptions, Result>(
    verb: Verb,
    key: string,
    options: Options | undefined,
    call: (options: Options | { readonly signal: AbortSignal | undefined }) => Promise<Result>,
  ): Promise<Result> =>
    hooks.call({ verb, key, signal: options?.signal, onRetry: options?.onRetry }, (signal = options?.signal) =>
      call({ ...options, signal }),
    );
  return {
    name: storage.name,
    id: storage.id,
    put: (key, body, options) => around("put", key, options, (passed) => storage.put(key, body, passed)),
    get: (key, options) => around("get", key, options, (passed) => storage.get(key, passed)),
    head: (key, options) => around("head", key, options, (passed) => storage.head(key, passed)),
    delete: (key, options) => around("delete", key, options, (passed) => storage.delete(key, passed)),
    list: (prefix, options = {}) =>
      hooks.list(
        { verb: "list", key: prefix, signal: options.signal, onRetry: options.onRetry },
        (passed) => storage.list(prefix, passed),
        options,
      ),
    close: () => storage.close(),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}

/** Passes the objects of a listing on, each step of it by way of `step`. */
export async function* stepping<Item>(
  items: AsyncIterable<Item>,
  step: (next: () => Promise<IteratorResult<Item>>) => Promise<IteratorResult<Item>>,
): AsyncGenerator<Item, void> {
  const iterator = items[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<Item>> => iterator.next();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await step(next);
      if (done === true) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}
