import type { BlobServiceClient } from "@azure/storage-blob";
import type { Logger } from "@metering/core";

/** Gives access tokens of Microsoft Entra ID, such as the credentials of `@azure/identity`. */
export interface AzureTokenCredential {
  /** A token for this scope, and when it expires in milliseconds since 1970; `null` where there is none. */
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** Options of {@link AzureStorage}. */
export interface AzureStorageOptions {
  /** Name of the container; it must exist. */
  readonly container: string;
  /** Name of the storage account. Needed unless an endpoint, a connection string or a client says where it is. */
  readonly accountName?: string | undefined;
  /** URL of the account's blob service. Default: `https://<accountName>.blob.core.windows.net`. */
  readonly endpoint?: string | undefined;
  /** Where in the container all keys lie. Default: at its top. */
  readonly prefix?: string | undefined;
  /** Key of the account, in base64; needs `accountName`. */
  readonly accountKey?: string | undefined;
  /** A shared access signature for the container or the account, with or without its `?`. */
  readonly sasToken?: string | undefined;
  /** A connection string of the account, with its key or a shared access signature. */
  readonly connectionString?: string | undefined;
  /** Default, where no key, signature, connection string or client is given: `DefaultAzureCredential` of `@azure/identity`. */
  readonly credential?: AzureTokenCredential | undefined;
  /** A client of yours, which is not closed with the storage and keeps its own settings and retries. */
  readonly client?: BlobServiceClient | undefined;
  /** Time for one attempt, from the request to the last byte of its answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Time to get a connection, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** How often a request is sent at most: 1 to 20. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Calls under way at once; more wait for their turn: 1 to 1,000. Default: 50. */
  readonly maxConnections?: number | undefined;
  /** Is told about repeated requests and failed refreshes of a token. Default: nobody is. */
  readonly logger?: Logger | undefined;
}
