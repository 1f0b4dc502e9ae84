import type { ObjectStorage } from "@metering/core";
import { sleep } from "../sleep.ts";
import { createLayer } from "./layer.ts";

/**
 * Makes every call take `latencyMs` milliseconds longer, as over a network; of a listing, its beginning and its end. Half
 * of the time passes before the storage does its work and half after: calls overlap, and an abort in the second half
 * leaves the work done. For tests and tries.
 */
export function withLatency(storage: ObjectStorage, latencyMs: number): ObjectStorage {
  const travel = (signal: AbortSignal | undefined): Promise<void> => sleep(latencyMs / 2, signal);
  return createLayer(storage, {
    async call({ signal }, next) {
      await travel(signal);
      const result = await next();
      await travel(signal);
      return result;
    },
    async *list({ signal }, open, options) {
      await travel(signal);
      yield* open(options);
      await travel(signal);
    },
  });
}
