/** Text of the configuration. `""` and `null` mean that it is not set, as in the Go SDK. */
type Text = string | null | undefined;

/** Fields of every type. */
interface Common {
  /** Put before every key. */
  readonly prefix?: Text;
  /** Pool of records that name none. A storage has no use for it; a writer takes it as `sharedPoolId`. */
  readonly "shared-pool-id"?: Text;
}

/** Fields of every bucket. */
interface Bucket extends Common {
  readonly bucket: string;
  /** URL of the service. Default: the cloud's own. */
  readonly endpoint?: Text;
}

/** Keys, and a role to assume with them. Without keys, the cloud's default chain finds credentials. */
export interface CredentialsConfig {
  readonly "assume-role-arn"?: Text;
  readonly "access-key"?: Text;
  readonly "secret-access-key"?: Text;
  readonly "session-token"?: Text;
}

/** A bucket of AWS S3 or of a compatible store, for `@metering/storage-s3`. */
export interface S3Config extends Bucket {
  readonly type: "s3";
  /** Default: the region of the environment or the profile. */
  readonly region?: Text;
  readonly aws?:
    (CredentialsConfig & { readonly "s3-force-path-style"?: boolean | null | undefined }) | null | undefined;
}

/** A bucket of Alibaba Cloud OSS, for `@metering/storage-oss`. */
export interface OssConfig extends Bucket {
  readonly type: "oss";
  /** With or without `oss-` in front. */
  readonly region: string;
  readonly oss?: CredentialsConfig | null | undefined;
}

/** A container of Azure Blob Storage, for `@metering/storage-azure`. */
export interface AzureConfig extends Bucket {
  readonly type: "azure";
  readonly azure?:
    | {
        /** Required unless `endpoint` is set. */
        readonly "account-name"?: Text;
        readonly "account-key"?: Text;
        readonly "sas-token"?: Text;
      }
    | null
    | undefined;
}

/** A folder, for `@metering/storage-localfs`. */
export interface LocalFsConfig extends Common {
  readonly type: "localfs";
  readonly localfs: {
    /** A relative path counts from the working directory. */
    readonly "base-path": string;
    /** Make folders that are missing. Default: true. */
    readonly "create-dirs"?: boolean | null | undefined;
    /** Permissions of new folders in octal, such as `0755`; files get them without the right to execute. */
    readonly permissions?: Text;
  };
}

/** Where a storage is: the object form of the Go SDK's configuration, with its keys. */
export type StorageConfig = S3Config | OssConfig | AzureConfig | LocalFsConfig;
