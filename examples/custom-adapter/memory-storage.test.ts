import { testStorageContract } from "@metering/storage-contract";
import { MemoryStorage, type Objects } from "./memory-storage.ts";

testStorageContract({
  name: "MemoryStorage",
  createPlace: () => {
    const objects: Objects = new Map();
    return {
      open: ({ prefix } = {}) => new MemoryStorage(objects, prefix),
      [Symbol.asyncDispose]: async () => objects.clear(),
    };
  },
});
