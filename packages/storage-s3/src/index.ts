export type {
  AssumeRoleOptions,
  S3Credentials,
  S3CredentialsProvider,
  S3Encryption,
  S3StorageClass,
  S3StorageOptions,
} from "./options.ts";
export { S3Storage } from "./s3-storage.ts";
