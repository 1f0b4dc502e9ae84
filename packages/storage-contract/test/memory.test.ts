import { testStorageContract } from "@metering/storage-contract";
import { MemoryStorage, Objects, plantInvalidKeys } from "./stores/memory-storage.ts";

testStorageContract({
  name: "a correct store in memory",
  createFixture: () => {
    const objects = new Objects();
    return {
      open: ({ prefix } = {}) => new MemoryStorage(objects, prefix),
      plantInvalidKeys: async (folder) => plantInvalidKeys(objects, folder),
      stall: () => void (objects.state = "stalled"),
      break: () => void (objects.state = "broken"),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
