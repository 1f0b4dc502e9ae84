import type { S3Client } from "@aws-sdk/client-s3";
import type { Logger } from "@metering/core";

/** Keys of a user or a session. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a session (STS, SSO, roles); absent for a user's own keys. */
  readonly sessionToken?: string | undefined;
  /** When the session expires. The provider is called again before that. */
  readonly expiration?: Date | undefined;
}

/** Resolves to credentials when they are needed, such as a provider of `@aws-sdk/credential-providers`. */
export type S3CredentialsProvider = () => Promise<S3Credentials>;

/** A role to assume through STS; it is assumed again before each session expires. */
export interface AssumeRoleOptions {
  /** Such as `arn:aws:iam::123456789012:role/metering-writer`. */
  readonly roleArn: string;
  /** Appears in the audit log: 2 to 64 letters, digits or `+=,.@-_`. Default: `metering`. */
  readonly sessionName?: string | undefined;
  /** External id, if the role's trust policy requires one. */
  readonly externalId?: string | undefined;
  /** Duration of a session: 900 to 43,200 seconds, at most what the role allows. Default: 3,600. */
  readonly durationSeconds?: number | undefined;
  /** URL of an STS other than AWS's. For Ceph, its S3 endpoint. */
  readonly stsEndpoint?: string | undefined;
}

/** Encryption at rest: with keys of S3, or with a KMS key (default: the account's own key for S3). */
export type S3Encryption =
  { readonly type: "sse-s3" } | { readonly type: "sse-kms"; readonly keyId?: string | undefined };

/** Both the type and the check of options use this list. */
export const storageClasses = [
  "STANDARD",
  "INTELLIGENT_TIERING",
  "STANDARD_IA",
  "ONEZONE_IA",
  "GLACIER_IR",
  "REDUCED_REDUNDANCY",
] as const;

/** The storage classes whose objects can be read without restoring them first. */
export type S3StorageClass = (typeof storageClasses)[number];

/** Options of {@link S3Storage}. */
export interface S3StorageOptions {
  /** Name of the bucket; it must exist. */
  readonly bucket: string;
  /** Region of the bucket. Default: the region of the environment (`AWS_REGION`) or the profile. */
  readonly region?: string | undefined;
  /** Put before every key. Default: none. */
  readonly prefix?: string | undefined;
  /** URL of an S3-compatible store, without a path. Default: AWS. */
  readonly endpoint?: string | undefined;
  /** Puts the bucket in the path instead of the host name; many compatible stores need it. Default: false. */
  readonly forcePathStyle?: boolean | undefined;
  /** Default: the AWS SDK's chain (environment, profile and SSO, web identity of a pod, container, instance). */
  readonly credentials?: S3Credentials | S3CredentialsProvider | undefined;
  /** A role to assume with these credentials. Default: none. */
  readonly assumeRole?: AssumeRoleOptions | undefined;
  /** Your own client. The storage does not close it; its settings and retries stay in effect. */
  readonly client?: S3Client | undefined;
  /** Milliseconds for one attempt, from the request to the last byte of the response. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds to connect. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Maximum number of attempts, the first included: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Concurrent calls; more are queued: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** How objects are encrypted at rest. Default: the bucket's default. */
  readonly encryption?: S3Encryption | undefined;
  /** Storage class of the objects. Default: `STANDARD`. */
  readonly storageClass?: S3StorageClass | undefined;
  /** Logs retries and failed refreshes of a session. Default: silent. */
  readonly logger?: Logger | undefined;
}
