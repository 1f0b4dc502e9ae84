import { setTimeout } from "node:timers/promises";
import { MeteringError, type CallOptions, type MeteringErrorCode, type ObjectStorage } from "@metering/core";

/** The five verbs of a storage. */
export type Verb = "put" | "get" | "head" | "delete" | "list";

/** One call on its way to the storage. */
export interface StorageCall {
  readonly verb: Verb;
  /** The key; for `list` the prefix. */
  readonly key: string;
  /** 1 for the first call of this verb, 2 for the second. */
  readonly count: number;
}

/** What goes wrong with a call. A code becomes a `MeteringError`; an error of one's own is thrown as it is. */
export interface Fault {
  /** Milliseconds the call waits before it goes on; an abort ends the wait. */
  readonly delayMs?: number | undefined;
  /** Fails the call before it reaches the storage. */
  readonly before?: MeteringErrorCode | Error | undefined;
  /** Fails the call after the storage did it, as when the response is lost; a listing, after its last object. */
  readonly after?: MeteringErrorCode | Error | undefined;
}

/** A storage that fails as planned. */
export interface FaultyStorage extends ObjectStorage {
  /** Calls so far, failed ones included. A listing counts once, at its first object. */
  readonly counts: Readonly<Record<Verb, number>>;
}

async function wait(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(delayMs, undefined, { signal });
  } catch (error) {
    // The timer's own abort error is not the signal's reason.
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Wraps a storage so that calls fail, or take their time, where `plan` says so: for tests of what stands on a storage.
 *
 * @example
 * ```ts
 * // The second put is stored, but its response is lost.
 * const storage = withFaults(inner, ({ verb, count }) =>
 *   verb === "put" && count === 2 ? { after: "unavailable" } : undefined,
 * );
 * ```
 */
export function withFaults(storage: ObjectStorage, plan: (call: StorageCall) => Fault | undefined): FaultyStorage {
  const counts: Record<Verb, number> = { put: 0, get: 0, head: 0, delete: 0, list: 0 };

  const fail = (failure: MeteringErrorCode | Error, { verb, key }: StorageCall): never => {
    if (failure instanceof Error) throw failure;
    throw new MeteringError(failure, `Planned failure of ${verb}.`, { key, storage: storage.name });
  };
  const begin = async (verb: Verb, key: string, options: CallOptions | undefined): Promise<() => void> => {
    const call = { verb, key, count: ++counts[verb] };
    const fault = plan(call);
    if (fault?.delayMs !== undefined) await wait(fault.delayMs, options?.signal);
    if (fault?.before !== undefined) fail(fault.before, call);
    return () => {
      if (fault?.after !== undefined) fail(fault.after, call);
    };
  };
  const around = async <Result>(
    verb: Verb,
    key: string,
    options: CallOptions | undefined,
    call: () => Promise<Result>,
  ): Promise<Result> => {
    const end = await begin(verb, key, options);
    const result = await call();
    end();
    return result;
  };

  return {
    name: storage.name,
    id: storage.id,
    counts,
    put: (key, body, options) => around("put", key, options, () => storage.put(key, body, options)),
    get: (key, options) => around("get", key, options, () => storage.get(key, options)),
    head: (key, options) => around("head", key, options, () => storage.head(key, options)),
    delete: (key, options) => around("delete", key, options, () => storage.delete(key, options)),
    async *list(prefix, options) {
      const end = await begin("list", prefix, options);
      yield* storage.list(prefix, options);
      end();
    },
    close: () => storage.close(),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}
