import { testStorageContract } from "@metering/storage-contract";
import { HttpStorage } from "./http-storage.ts";
import { startHttpStore } from "./http-store.ts";

const token = "a-secret-token";

testStorageContract({
  name: "HttpStorage",
  raceRounds: 20,
  // Three pages of the store and more.
  manyKeys: 350,
  createFixture: async () => {
    const store = await startHttpStore(token);
    return {
      // One retry is enough where the store is broken on purpose.
      open: ({ prefix } = {}) => new HttpStorage({ endpoint: store.endpoint, token, prefix, maxAttempts: 2 }),
      secrets: [token],
      plantInvalidKeys: async (folder) => {
        const names = ["", "a//b", "a/../b", "line\nfeed"];
        for (const name of names) store.plant(`${folder}/${name}`);
        return names;
      },
      stall: () => store.stall(),
      break: () => store.stop(),
      [Symbol.asyncDispose]: () => store.stop(),
    };
  },
});
