import { AzureStorage } from "@metering/storage-azure";
import { testStorageContract } from "@metering/storage-contract";
import { azurite, createContainer } from "./azurite.ts";

testStorageContract({
  name: "AzureStorage on Azurite",
  abilities: { refusedKeys: /\\|\.(\/|$)/ },
  raceRounds: 20,
  // More than three pages, which take Azurite some seconds.
  manyKeys: 1_100,
  async createFixture() {
    const container = await createContainer();
    return {
      open: ({ prefix } = {}) => new AzureStorage({ ...azurite, container: container.containerName, prefix }),
      async plantInvalidKeys(folder) {
        const names = ["folder/", "a//b", "a\nb"];
        for (const name of names) await container.getBlockBlobClient(`${folder}/${name}`).upload("x", 1);
        return names;
      },
      secrets: [azurite.accountKey],
      [Symbol.asyncDispose]: async () => void (await container.delete()),
    };
  },
});
