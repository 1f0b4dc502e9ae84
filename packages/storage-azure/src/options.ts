import type { BlobServiceClient } from "@azure/storage-blob";
import type { Logger } from "@metering/core";

/** Provides access tokens of Microsoft Entra ID, as the credentials of `@azure/identity` do. */
export interface AzureTokenCredential {
  /** Resolves to a token for the scope and its expiry in milliseconds since 1970, or to `null` if there is none. */
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** Options of {@link AzureStorage}. */
export interface AzureStorageOptions {
  /** Name of the container; it must exist. */
  readonly container: string;
  /** Name of the storage account. Required unless `endpoint`, `connectionString` or `client` names it. */
  readonly accountName?: string | undefined;
  /** URL of the account's blob service. Default: `https://<accountName>.blob.core.windows.net`. */
  readonly endpoint?: string | undefined;
  /** Put before every key. Default: none. */
  readonly prefix?: string | undefined;
  /** Key of the account in base64; needs `accountName`. */
  readonly accountKey?: string | undefined;
  /** Shared access signature for the container or the account, with or without its `?`. */
  readonly sasToken?: string | undefined;
  /** Connection string of the account, with a key or a shared access signature. */
  readonly connectionString?: string | undefined;
  /** Default, without a key, signature, connection string or client: `DefaultAzureCredential` of `@azure/identity`. */
  readonly credential?: AzureTokenCredential | undefined;
  /** Your own client. The storage does not close it; its settings and retries stay in effect. */
  readonly client?: BlobServiceClient | undefined;
  /** Milliseconds for one attempt, from the request to the last byte of the response. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds to connect. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Maximum number of attempts, the first included: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Concurrent calls; more are queued: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** Logs retries and failed token refreshes. Default: silent. */
  readonly logger?: Logger | undefined;
}
