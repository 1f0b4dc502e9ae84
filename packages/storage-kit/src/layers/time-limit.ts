import { isMeteringError, MeteringError, type ObjectStorage } from "@metering/core";
import { withTimeout } from "../timeout.ts";
import { createLayer, stepping, type StorageCall } from "./layer.ts";

/**
 * Ends each call with `timeout` that takes longer than `timeoutMs`; of a listing, each step to the next object.
 * A put that was ended may have been stored.
 */
export function withTimeLimit(storage: ObjectStorage, timeoutMs: number): ObjectStorage {
  const limited = async <Result>(
    { verb, key, signal }: StorageCall,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await withTimeout(timeoutMs, signal, call);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isMeteringError(error, "timeout") || error.storage !== undefined) throw error;
      throw new MeteringError(
        "timeout",
        `${verb} of ${JSON.stringify(key)} took more than ${timeoutMs} ms. Call again.`,
        {
          key,
          storage: storage.name,
        },
      );
    }
  };
  return createLayer(storage, {
    call: (call, next) => limited(call, next),
    list: (call, open, options) => stepping(open(options), (next) => limited(call, next)),
  });
}
