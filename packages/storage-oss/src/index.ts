export type { OssClient } from "./client.ts";
export { createCredentialCache, type CredentialCache, type CredentialCacheOptions } from "./credential-cache.ts";
export type { OssCredentials, OssCredentialsProvider } from "./credentials.ts";
export type { AssumeRoleOptions, OssStorageOptions } from "./options.ts";
export { OssStorage } from "./oss-storage.ts";
