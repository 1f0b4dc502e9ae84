import { silentLogger, type ObjectStorage } from "@metering/core";
import { testStorageContract } from "@metering/storage-contract";
import {
  withFaults,
  withLatency,
  withLimit,
  withLogging,
  withObserver,
  withPrefix,
  withRetries,
  withTimeLimit,
} from "@metering/storage-kit";
import { createFixture } from "./fixture.ts";

const ignore = (): void => {};
const observer = {
  start: () => ({ run: <Result>(step: () => Result): Result => step(), retry: ignore, end: ignore, fail: ignore }),
  finding: ignore,
};

// Each layer of the kit leaves every promise of the storage below it as it was.
const layers: Readonly<Record<string, (storage: ObjectStorage) => ObjectStorage>> = {
  withFaults: (storage) => withFaults(storage, () => undefined),
  withLatency: (storage) => withLatency(storage, 0),
  withLimit: (storage) => withLimit(storage, 4),
  withLogging: (storage) => withLogging(storage, silentLogger),
  withObserver: (storage) => withObserver(storage, observer),
  withRetries: (storage) => withRetries(storage, { maxAttempts: 2 }),
  withTimeLimit: (storage) => withTimeLimit(storage, 10_000),
};
const quick = { raceRounds: 5, manyKeys: 60, largeBytes: 10_000 };

for (const [name, layer] of Object.entries(layers)) {
  testStorageContract({ name, createFixture: () => createFixture(layer), ...quick });
}

testStorageContract({
  name: "withPrefix",
  createFixture: () => {
    const fixture = createFixture();
    const open = async ({ prefix }: { readonly prefix?: string | undefined } = {}): Promise<ObjectStorage> => {
      const storage = await fixture.open();
      return prefix === undefined ? storage : withPrefix(storage, prefix);
    };
    return { ...fixture, open };
  },
  ...quick,
});
