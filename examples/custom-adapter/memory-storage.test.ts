import { testStorageContract } from "@metering/storage-contract";
import { MemoryStorage, Objects } from "./memory-storage.ts";

testStorageContract({
  name: "MemoryStorage",
  createFixture: () => {
    const objects = new Objects();
    return {
      open: ({ prefix } = {}) => new MemoryStorage(objects, prefix),
      plantInvalidKeys: async (folder) => {
        const names = ["", "a//b", "a/../b", "line\nfeed"];
        for (const name of names)
          objects.set(`${folder}/${name}`, { body: new Uint8Array(), lastModified: new Date() });
        return names;
      },
      [Symbol.asyncDispose]: async () => objects.clear(),
    };
  },
});
