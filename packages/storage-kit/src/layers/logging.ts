import { isMeteringError, type Logger, type ObjectStorage } from "@metering/core";
import { createLayer, type StorageCall } from "./layer.ts";

/** Logs every call with its duration at `debug`, and every failure at `warn`. No bodies and no credentials. */
export function withLogging(storage: ObjectStorage, logger: Logger): ObjectStorage {
  const begin = ({ verb, key }: StorageCall) => {
    const start = performance.now();
    const what = `${verb} ${JSON.stringify(key)} in ${storage.name}`;
    const after = (): string => `after ${Math.round(performance.now() - start)} ms`;
    return {
      done: (): void => logger.debug(`${what}: done ${after()}`),
      failed: (error: unknown): void =>
        logger.warn(`${what}: ${isMeteringError(error) ? error.code : "failed"} ${after()}`),
    };
  };
  return createLayer(storage, {
    async call(call, next) {
      const { done, failed } = begin(call);
      try {
        const result = await next();
        done();
        return result;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    async *list(call, open, options) {
      const { done, failed } = begin(call);
      try {
        yield* open(options);
        done();
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  });
}
