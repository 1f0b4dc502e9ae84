import { testStorageContract } from "@metering/storage-contract";
import { brokenStores, secret } from "../stores/broken-stores.ts";
import { Objects, plantInvalidKeys } from "../stores/memory-storage.ts";

// Not a test file of this package: every one of these must fail. `broken.test.ts` runs it and judges what it reports.
for (const { what, Storage } of brokenStores) {
  testStorageContract({
    name: what,
    createFixture: () => {
      const objects = new Objects();
      return {
        secrets: [secret],
        plantInvalidKeys: async (folder) => plantInvalidKeys(objects, folder),
        stall: () => void (objects.state = "stalled"),
        break: () => void (objects.state = "broken"),
        open: ({ prefix } = {}) => new Storage(objects, prefix),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    raceRounds: 10,
    manyKeys: 350,
    largeBytes: 20_000,
  });
}
