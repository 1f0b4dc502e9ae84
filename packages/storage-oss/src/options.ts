import type { Logger } from "@metering/core";

/**
 * What is used of a client of ali-oss. Every `new OSS(…)` is one; it takes no types of ali-oss to say so.
 * Of the results only the listing is read: everything else the transport has seen.
 */
export interface OssClient {
  put(name: string, body: Uint8Array, options?: object): Promise<unknown>;
  get(name: string, options?: object): Promise<unknown>;
  head(name: string, options?: object): Promise<unknown>;
  delete(name: string, options?: object): Promise<unknown>;
  listV2(query: object, options?: object): Promise<unknown>;
}

/** Keys of a user or of a session. */
export interface OssCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a session (STS); left out for a user's own keys. */
  readonly securityToken?: string | undefined;
  /** When the session ends. The function is asked again before that; without it, once OSS refuses the keys. */
  readonly expiration?: Date | undefined;
}

/** Gives credentials whenever they are needed. */
export type OssCredentialsProvider = () => OssCredentials | Promise<OssCredentials>;

/** A RAM role to be assumed through STS, and again before each session ends. */
export interface AssumeRoleOptions {
  /** Such as `acs:ram::1234567890123456:role/metering-writer`. */
  readonly roleArn: string;
  /** Shows up in the audit log: 2 to 64 letters, digits or `.@-_`. Default: `metering`. */
  readonly sessionName?: string | undefined;
  /** What the role's owner agreed on with you, where its trust policy asks for it. */
  readonly externalId?: string | undefined;
  /** Length of a session: 900 to 43,200 s, and no more than the role allows. Default: 3,600. */
  readonly durationSeconds?: number | undefined;
  /** Policy, as JSON, that narrows the session down to a part of what the role may do. */
  readonly policy?: string | undefined;
  /** Host of STS, with a port if it has one; spoken to over TLS. Default: that of the region. */
  readonly stsEndpoint?: string | undefined;
}

/** Options of {@link OssStorage}. */
export interface OssStorageOptions {
  /** Name of the bucket; it must exist. */
  readonly bucket: string;
  /** Region of the bucket, as `cn-hangzhou` or `oss-cn-hangzhou`. Needed unless `client` is given. */
  readonly region?: string | undefined;
  /** Where in the bucket all keys lie. Default: at its top. */
  readonly prefix?: string | undefined;
  /** URL or host name of another endpoint of OSS, without bucket and path. Default: the region's. */
  readonly endpoint?: string | undefined;
  /** Goes through the region's internal endpoints, from ECS and ACK in the same region. Default: false. */
  readonly internal?: boolean | undefined;
  /** Speaks TLS, unless `endpoint` is a URL that says otherwise. Default: true. */
  readonly secure?: boolean | undefined;
  /** Version of OSS's request signature. Default: 4. */
  readonly signatureVersion?: 1 | 4 | undefined;
  /** Default: Alibaba Cloud's chain (environment, pod identity, configuration files, instance role, credentials URI). */
  readonly credentials?: OssCredentials | OssCredentialsProvider | undefined;
  /** A role to assume with the credentials. Default: none. */
  readonly assumeRole?: AssumeRoleOptions | undefined;
  /** A client of ali-oss of yours, whose endpoint, keys and agents are used; it is not changed. */
  readonly client?: OssClient | undefined;
  /** Time for one attempt, from the request to the last byte of its answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Time to get a connection, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How often a request is sent at most: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Calls under way at once; more wait for their turn: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** Is told about repeated requests and failed refreshes of credentials. Default: nobody is. */
  readonly logger?: Logger | undefined;
}
