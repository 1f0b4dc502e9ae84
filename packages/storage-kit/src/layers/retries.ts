import { isMeteringError, MeteringError, silentLogger, type Logger, type ObjectStorage } from "@metering/core";
import { backoffMs } from "../backoff.ts";
import { withRetry, type Failure } from "../retry.ts";
import { sleep } from "../sleep.ts";
import { createLayer, type StorageCall } from "./layer.ts";

/** How {@link withRetries} repeats calls. */
export interface RetriesOptions {
  /** Attempts at most, the first included. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Time limit of one attempt in milliseconds, listings aside. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Is told of each retry. Default: silent. */
  readonly logger?: Logger | undefined;
}

/**
 * Repeats calls that failed with a `retryable` error. A listing goes on after the last key it gave.
 *
 * A `put` with `ifAbsent` is sent once: from outside nobody can tell whether an object found afterwards is its own. The
 * adapters for S3 and OSS can, and retry it themselves; they need no such layer.
 */
export function withRetries(
  storage: ObjectStorage,
  { maxAttempts = 5, timeoutMs = 30_000, logger = silentLogger }: RetriesOptions = {},
): ObjectStorage {
  const rulesOf = ({ onRetry }: StorageCall) => ({
    maxAttempts,
    timeoutMs,
    classify,
    onRetry: (error: MeteringError, waitMs: number): void => {
      logger.info(`Trying again in ${Math.round(waitMs)} ms: ${error.message}`);
      onRetry?.(error);
    },
  });
  const layer = createLayer(storage, {
    call: (call, next) => withRetry(rulesOf(call), call.signal, next),
    async *list(call, open, options) {
      const { signal } = call;
      let { startAfter } = options;
      for (let failures = 0; ;) {
        try {
          for await (const object of open({ ...options, startAfter })) {
            failures = 0;
            startAfter = object.key;
            yield object;
          }
          return;
        } catch (error) {
          signal?.throwIfAborted();
          const failure = classify(error);
          if (!failure.retry || ++failures >= maxAttempts) throw failure.error;
          const waitMs = backoffMs({ retry: failures, throttled: failure.error.code === "throttled" });
          rulesOf(call).onRetry(failure.error, waitMs);
          await sleep(waitMs, signal);
        }
      }
    },
  });
  return {
    ...layer,
    put: (key, body, options) => (options?.ifAbsent === true ? storage : layer).put(key, body, options),
  };
}

function classify(error: unknown): Failure {
  if (isMeteringError(error)) return { error, retry: error.retryable };
  return {
    error: new MeteringError("storage-failure", "The call failed. See the cause.", { cause: error }),
    retry: false,
  };
}
