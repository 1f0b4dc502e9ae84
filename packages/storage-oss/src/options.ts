import type { Logger } from "@metering/core";

/**
 * The methods that the storage uses of an ali-oss client. Every `new OSS(…)` has them; you need no types of ali-oss.
 * The storage reads only the result of a listing: the transport has seen everything else.
 */
export interface OssClient {
  put(name: string, body: Uint8Array, options?: object): Promise<unknown>;
  get(name: string, options?: object): Promise<unknown>;
  head(name: string, options?: object): Promise<unknown>;
  delete(name: string, options?: object): Promise<unknown>;
  listV2(query: object, options?: object): Promise<unknown>;
}

/** Keys of a user or a session. */
export interface OssCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a session (STS); absent for a user's own keys. */
  readonly securityToken?: string | undefined;
  /** When the session expires. The function is called again before that; without it, once OSS refuses the keys. */
  readonly expiration?: Date | undefined;
}

/** Resolves to credentials when they are needed. */
export type OssCredentialsProvider = () => OssCredentials | Promise<OssCredentials>;

/** A RAM role to assume through STS; it is assumed again before each session expires. */
export interface AssumeRoleOptions {
  /** Such as `acs:ram::1234567890123456:role/metering-writer`. */
  readonly roleArn: string;
  /** Appears in the audit log: 2 to 64 letters, digits or `.@-_`. Default: `metering`. */
  readonly sessionName?: string | undefined;
  /** External id, if the role's trust policy requires one. */
  readonly externalId?: string | undefined;
  /** Duration of a session: 900 to 43,200 seconds, at most what the role allows. Default: 3,600. */
  readonly durationSeconds?: number | undefined;
  /** Policy, as JSON, that restricts the session to a part of what the role may do. */
  readonly policy?: string | undefined;
  /** Host of STS, optionally with a port; always over TLS. Default: the region's. */
  readonly stsEndpoint?: string | undefined;
}

/** Options of {@link OssStorage}. */
export interface OssStorageOptions {
  /** Name of the bucket; it must exist. */
  readonly bucket: string;
  /** Region of the bucket, as `cn-hangzhou` or `oss-cn-hangzhou`. Required without `client`. */
  readonly region?: string | undefined;
  /** Put before every key. Default: none. */
  readonly prefix?: string | undefined;
  /** URL or host name of another OSS endpoint, without bucket and path. Default: the region's. */
  readonly endpoint?: string | undefined;
  /** Uses the region's internal endpoints, from ECS and ACK in the same region. Default: false. */
  readonly internal?: boolean | undefined;
  /** Uses TLS, unless `endpoint` is a URL with `http:`. Default: true. */
  readonly secure?: boolean | undefined;
  /** Version of the request signature. Default: 4. */
  readonly signatureVersion?: 1 | 4 | undefined;
  /** Default: Alibaba Cloud's chain (environment, pod identity, configuration files, instance role, credentials URI). */
  readonly credentials?: OssCredentials | OssCredentialsProvider | undefined;
  /** A role to assume with these credentials. Default: none. */
  readonly assumeRole?: AssumeRoleOptions | undefined;
  /** Your own ali-oss client. Its endpoint, keys and agents are used; it is neither changed nor closed. */
  readonly client?: OssClient | undefined;
  /** Milliseconds for one attempt, from the request to the last byte of the response. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds to connect. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Maximum number of attempts, the first included: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Concurrent calls; more are queued: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** Logs retries and failed refreshes of credentials. Default: silent. */
  readonly logger?: Logger | undefined;
}
