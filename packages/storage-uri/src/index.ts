export type { AzureConfig, CredentialsConfig, LocalFsConfig, OssConfig, S3Config, StorageConfig } from "./config.ts";
export { storageConfig } from "./config-schema.ts";
export { formatAddress } from "./format-address.ts";
export { openStorage, type OpenedStorage, type OpenStorageOptions } from "./open-storage.ts";
export { parseAddress, type AddressOptions } from "./parse-address.ts";
