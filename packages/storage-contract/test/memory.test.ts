import { testStorageContract } from "@metering/storage-contract";
import { MemoryStorage, type Objects } from "./stores/memory-storage.ts";

testStorageContract({
  name: "a correct store in memory",
  createPlace: () => {
    const objects: Objects = new Map();
    return {
      open: ({ prefix } = {}) => new MemoryStorage(objects, prefix),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
