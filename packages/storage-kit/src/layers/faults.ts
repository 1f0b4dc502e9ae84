import { MeteringError, type MeteringErrorCode, type ObjectStorage } from "@metering/core";
import { sleep } from "../sleep.ts";
import { createLayer, type StorageCall, type Verb } from "./layer.ts";

/** A call with its number. */
export interface CountedCall extends Pick<StorageCall, "verb" | "key"> {
  /** 1 for the first call of this verb, 2 for the second. */
  readonly count: number;
}

/** What goes wrong with a call. A code becomes a `MeteringError`; an error is thrown as it is. */
export interface Fault {
  /** Milliseconds that the call waits before it goes on; an abort ends the wait. */
  readonly delayMs?: number | undefined;
  /** Fails the call before it reaches the storage. */
  readonly before?: MeteringErrorCode | Error | undefined;
  /** Fails the call after the storage did it, as when the answer is lost; a listing, after its last object. */
  readonly after?: MeteringErrorCode | Error | undefined;
}

/** A storage that fails as planned. */
export interface FaultyStorage extends ObjectStorage {
  /** Calls so far, failed ones included. A listing counts once, at its first object. */
  readonly counts: Readonly<Record<Verb, number>>;
}

/**
 * Fails or delays the calls that `plan` chooses: for tests of code that uses a storage.
 *
 * @example
 * ```ts
 * // The second put is stored, but its answer is lost.
 * const storage = withFaults(inner, ({ verb, count }) =>
 *   verb === "put" && count === 2 ? { after: "unavailable" } : undefined,
 * );
 * ```
 */
export function withFaults(storage: ObjectStorage, plan: (call: CountedCall) => Fault | undefined): FaultyStorage {
  const counts: Record<Verb, number> = { put: 0, get: 0, head: 0, delete: 0, list: 0 };

  /** Does what is planned before the call, and returns what is planned after it. */
  async function begin({ verb, key, signal }: StorageCall): Promise<() => void> {
    const fail = (failure: MeteringErrorCode | Error | undefined): void => {
      if (failure === undefined) return;
      if (failure instanceof Error) throw failure;
      throw new MeteringError(failure, `Planned failure of ${verb}.`, { key, storage: storage.name });
    };
    const fault = plan({ verb, key, count: ++counts[verb] });
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs, signal);
    fail(fault?.before);
    return () => fail(fault?.after);
  }

  const layer = createLayer(storage, {
    async call(call, next) {
      const end = await begin(call);
      const result = await next();
      end();
      return result;
    },
    async *list(call, open, options) {
      const end = await begin(call);
      yield* open(options);
      end();
    },
  });
  return { ...layer, counts };
}
