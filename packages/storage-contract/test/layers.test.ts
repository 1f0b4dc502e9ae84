import { silentLogger, type ObjectStorage } from "@metering/core";
import { testStorageContract } from "@metering/storage-contract";
import { withFaults, withLimit, withLogging, withPrefix, withRetries, withTimeLimit } from "@metering/storage-kit";
import { MemoryStorage, Objects, plantInvalidKeys } from "./stores/memory-storage.ts";

// Each layer of the kit leaves every promise of the storage below it as it was.
const layers: Readonly<Record<string, (storage: ObjectStorage) => ObjectStorage>> = {
  withFaults: (storage) => withFaults(storage, () => undefined),
  withLimit: (storage) => withLimit(storage, 4),
  withLogging: (storage) => withLogging(storage, silentLogger),
  withRetries: (storage) => withRetries(storage),
  withTimeLimit: (storage) => withTimeLimit(storage, 10_000),
};

for (const [name, layer] of Object.entries(layers)) {
  testStorageContract({
    name,
    createFixture: () => {
      const objects = new Objects();
      return {
        open: ({ prefix } = {}) => layer(new MemoryStorage(objects, prefix)),
        plantInvalidKeys: async (folder) => plantInvalidKeys(objects, folder),
        stall: () => void (objects.state = "stalled"),
        break: () => void (objects.state = "broken"),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    raceRounds: 20,
    manyKeys: 350,
    largeBytes: 10_000,
  });
}

testStorageContract({
  name: "withPrefix",
  createFixture: () => {
    const objects = new Objects();
    return {
      open: ({ prefix } = {}) => {
        const storage = new MemoryStorage(objects);
        return prefix === undefined ? storage : withPrefix(storage, prefix);
      },
      plantInvalidKeys: async (folder) => plantInvalidKeys(objects, folder),
      stall: () => void (objects.state = "stalled"),
      break: () => void (objects.state = "broken"),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
  raceRounds: 20,
  manyKeys: 350,
  largeBytes: 10_000,
});
