import type { ObjectStorage } from "@metering/core";
import { createSemaphore } from "../semaphore.ts";
import { createLayer, stepping } from "./layer.ts";

/**
 * Lets at most `maxCalls` calls run at once; further ones wait for their turn. A listing takes part with each step, so
 * that the consumer of one may make calls meanwhile.
 */
export function withLimit(storage: ObjectStorage, maxCalls: number): ObjectStorage {
  const semaphore = createSemaphore(maxCalls);
  return createLayer(storage, {
    call: ({ signal }, next) => semaphore.run(signal, () => next()),
    list: ({ signal }, open, options) => stepping(open(options), (next) => semaphore.run(signal, next)),
  });
}
