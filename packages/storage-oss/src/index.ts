export type {
  AssumeRoleOptions,
  OssClient,
  OssCredentials,
  OssCredentialsProvider,
  OssStorageOptions,
} from "./options.ts";
export { OssStorage } from "./oss-storage.ts";
