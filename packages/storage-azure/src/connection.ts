import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { ContainerClient } from "@azure/storage-blob";
import { createTokenCache, type TokenCache } from "@metering/storage-kit";
import { type Access, readAccount } from "./account.ts";
import { type AzureModule, createClient, type Credential, loadAzureModule } from "./client.ts";
import { type AccessToken, tokenSource } from "./credentials.ts";
import { defaultCredential } from "./default-credential.ts";
import type { AzureStorageOptions, AzureTokenCredential } from "./options.ts";
import { createHttpClient } from "./transport.ts";

/** A client with valid credentials. */
export interface Connected {
  readonly container: ContainerClient;
  /** Call this when the store refused the token. Returns whether the next `connect` may use another one. */
  readonly refuse: () => boolean;
  /** Key, signature and token, which no error may contain. */
  readonly secrets: readonly (string | undefined)[];
}

/** The current client of a storage. */
export interface Connection {
  connect(signal: AbortSignal): Promise<Connected>;
  close(): void;
}

/** Connects according to the options. Nothing is loaded, requested or opened before the first call. */
export function createConnection(options: AzureStorageOptions): Connection {
  const { client, container, connectTimeoutMs = 5_000, maxConnections = 50 } = options;
  if (client !== undefined) {
    const connected = {
      container: client.getContainerClient(container),
      refuse: () => false,
      secrets: signaturesIn(client.url),
    };
    return { connect: async () => connected, close: () => {} };
  }
  const { endpoint, access } = readAccount(options);
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: maxConnections }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: maxConnections }),
  };
  const httpClient = createHttpClient(agents, connectTimeoutMs);
  const tokens = access.kind === "token" ? createTokens(access.credential, options) : undefined;
  const url = `${endpoint}/${container}${access.kind === "sas" ? `?${access.sasToken}` : ""}`;
  let latest: { readonly token: AccessToken | undefined; readonly connected: Connected } | undefined;
  return {
    async connect(signal) {
      const sdk = await loadAzureModule();
      const token = await tokens?.get(signal);
      if (latest !== undefined && latest.token === token) return latest.connected;
      // A new token needs a new client. The connections stay open, because the agents own them.
      const connected = {
        container: createClient(sdk, url, credentialOf(sdk, access, token), httpClient),
        refuse() {
          if (token !== undefined) tokens?.drop(token);
          return token !== undefined;
        },
        secrets: access.kind === "key" ? [access.accountKey] : [token?.token, ...signaturesIn(url)],
      };
      latest = { token, connected };
      return connected;
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

function credentialOf(sdk: AzureModule, access: Access, token: AccessToken | undefined): Credential {
  if (access.kind === "key") return new sdk.StorageSharedKeyCredential(access.accountName, access.accountKey);
  if (token === undefined) return new sdk.AnonymousCredential();
  // The SDK refreshes tokens in the background, and an error there ends the process. So it gets one fixed token.
  const given = { token: token.token, expiresOnTimestamp: token.expiration.getTime() };
  return { getToken: async () => given };
}

/** The signature in a URL, encoded and decoded. */
function signaturesIn(url: string): readonly (string | undefined)[] {
  return [/[?&]sig=([^&]*)/.exec(url)?.[1], new URL(url).searchParams.get("sig") ?? undefined];
}

function createTokens(
  credential: AzureTokenCredential = defaultCredential(),
  { timeoutMs = 30_000, logger }: AzureStorageOptions,
): TokenCache<AccessToken> {
  return createTokenCache(tokenSource(credential), { timeoutMs, logger });
}
