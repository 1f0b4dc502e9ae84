import { randomUUID } from "node:crypto";
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { AzureStorage, type AzureStorageOptions } from "@metering/storage-azure";
import { onTestFinished } from "vitest";

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set. Run these tests by \`npm run test:azure\`.`);
  return value;
}

/** Azurite, as `internal/azurite/with-azurite` started it. */
export const azurite = {
  endpoint: setting("AZURE_ENDPOINT"),
  accountName: setting("AZURE_ACCOUNT_NAME"),
  accountKey: setting("AZURE_ACCOUNT_KEY"),
};

/** The account's key as the SDK takes it. */
export const sharedKey = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);

export const service = new BlobServiceClient(azurite.endpoint, sharedKey);

/** A new and empty container. */
export async function createContainer(): Promise<ContainerClient> {
  const container = service.getContainerClient(`test-${randomUUID()}`);
  await container.create();
  return container;
}

/** A storage on Azurite, closed at the end of the test. */
export function openStorage(options: Pick<AzureStorageOptions, "container"> & Partial<AzureStorageOptions>) {
  const storage = new AzureStorage({ ...azurite, ...options });
  onTestFinished(() => storage.close());
  return storage;
}
