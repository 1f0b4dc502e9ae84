import { startAzureTestServer } from "@metering/azure-test-server";
import { testStorageContract } from "@metering/storage-contract";
import { AzureStorage } from "../src/index.ts";

testStorageContract({
  name: "AzureStorage",
  // Azure turns a backslash into a slash, and leaves out dots at the end of a segment.
  abilities: { refusedKeys: /\\|\.(\/|$)/ },
  createFixture: async () => {
    const server = await startAzureTestServer({ pageSize: 30 });
    const { container, endpoint, accountName, accountKey } = server;
    return {
      open: ({ prefix } = {}) => new AzureStorage({ container, endpoint, accountName, accountKey, prefix }),
      plantInvalidKeys: async (folder) => {
        const names = ["", "folder/", "a//b", "a\u0001b", "a\nb"];
        for (const name of names) server.plant(`${folder}/${name}`);
        return names;
      },
      stall: () => server.faults.add("any", { kind: "slow", delayMs: 3_600_000 }, 100),
      break: () => server.stop(),
      secrets: [accountKey],
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
  raceRounds: 20,
  manyKeys: 120,
});
