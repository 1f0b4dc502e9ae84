export { AzureStorage } from "./azure-storage.ts";
export type { AzureStorageOptions, AzureTokenCredential } from "./options.ts";
