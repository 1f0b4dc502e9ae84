import type { S3Client } from "@aws-sdk/client-s3";
import type { Logger } from "@metering/core";

/** Keys of a user or of a session. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a session (STS, SSO, roles); left out for a user's own keys. */
  readonly sessionToken?: string | undefined;
  /** When the session ends. The provider is asked again before that. */
  readonly expiration?: Date | undefined;
}

/** Gives credentials whenever they are needed, such as one of `@aws-sdk/credential-providers`. */
export type S3CredentialsProvider = () => Promise<S3Credentials>;

/** A role to be assumed through STS, and again before each session ends. */
export interface AssumeRoleOptions {
  /** Such as `arn:aws:iam::123456789012:role/metering-writer`. */
  readonly roleArn: string;
  /** Shows up in the audit log: 2 to 64 letters, digits or `+=,.@-_`. Default: `metering`. */
  readonly sessionName?: string | undefined;
  /** What the role's owner agreed on with you, where its trust policy asks for it. */
  readonly externalId?: string | undefined;
  /** Length of a session: 900 to 43,200 s, and no more than the role allows. Default: 3,600. */
  readonly durationSeconds?: number | undefined;
  /** URL of an STS other than AWS's; stores such as Ceph answer at their S3 endpoint. */
  readonly stsEndpoint?: string | undefined;
}

/** Encryption at rest: with keys of S3, or with a KMS key (default: the account's own for S3). */
export type S3Encryption =
  { readonly type: "sse-s3" } | { readonly type: "sse-kms"; readonly keyId?: string | undefined };

/** For the type and the check of it. */
export const storageClasses = [
  "STANDARD",
  "INTELLIGENT_TIERING",
  "STANDARD_IA",
  "ONEZONE_IA",
  "GLACIER_IR",
  "REDUCED_REDUNDANCY",
] as const;

/** The storage classes from which an object can be read without being restored first. */
export type S3StorageClass = (typeof storageClasses)[number];

/** Options of {@link S3Storage}. */
export interface S3StorageOptions {
  /** Name of the bucket; it must exist. */
  readonly bucket: string;
  /** Region of the bucket. Default: that of the environment (`AWS_REGION`) or the profile. */
  readonly region?: string | undefined;
  /** Where in the bucket all keys lie. Default: at its top. */
  readonly prefix?: string | undefined;
  /** URL of an S3-compatible store, without a path. Default: AWS. */
  readonly endpoint?: string | undefined;
  /** Puts the bucket into the path and not into the host name; many compatible stores need it. Default: false. */
  readonly forcePathStyle?: boolean | undefined;
  /** Default: the AWS SDK's chain (environment, profile and SSO, web identity of a pod, container, instance). */
  readonly credentials?: S3Credentials | S3CredentialsProvider | undefined;
  /** A role to assume with the credentials. Default: none. */
  readonly assumeRole?: AssumeRoleOptions | undefined;
  /** A client of yours, which is not closed with the storage and keeps its own settings and retries. */
  readonly client?: S3Client | undefined;
  /** Time for one attempt, from the request to the last byte of its answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Time to get a connection, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How often a request is sent at most: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Calls under way at once; more wait for their turn: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** How objects are encrypted at rest. Default: as the bucket says. */
  readonly encryption?: S3Encryption | undefined;
  /** Class of the objects: one from which they can be read at once. Default: `STANDARD`. */
  readonly storageClass?: S3StorageClass | undefined;
  /** Is told about repeated requests and failed refreshes of a session. Default: nobody is. */
  readonly logger?: Logger | undefined;
}
