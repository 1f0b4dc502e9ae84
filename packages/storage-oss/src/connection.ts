import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { assumeRole } from "./assume-role.ts";
import { createClient, type OssClient, viewClient } from "./client.ts";
import { type CredentialCache, createCredentialCache } from "./credential-cache.ts";
import { callerCredentials, type OssCredentials } from "./credentials.ts";
import { defaultCredentials } from "./default-credentials.ts";
import type { OssStorageOptions } from "./options.ts";
import { parseRegion } from "./region.ts";
import { createTransport } from "./transport.ts";

/** The clients of a storage, one at a time. */
export interface Connection {
  /** A client with credentials that are good now. */
  client(signal: AbortSignal): Promise<OssClient>;
  close(): void;
}

/** Connects as the options say; nothing is loaded, asked for or opened before the first call. */
export function createConnection(options: OssStorageOptions): Connection {
  const { bucket, client, region, endpoint, internal = false, secure = true, signatureVersion = 4 } = options;
  const { connectTimeoutMs = 5_000, maxConnections = 50 } = options;
  if (client !== undefined) {
    const view = viewClient(client, bucket, createTransport(connectTimeoutMs));
    return { client: async () => view, close: () => {} };
  }
  const agent = new HttpAgent({ keepAlive: true, maxSockets: maxConnections });
  const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: maxConnections });
  const ossRegion = parseRegion(region ?? "")?.ossId ?? "";
  const authorizationV4 = signatureVersion === 4;
  const urllib = createTransport(connectTimeoutMs, { agent, httpsAgent });
  const settings = {
    bucket,
    region: ossRegion,
    endpoint: toUrl(endpoint, secure),
    internal,
    secure,
    authorizationV4,
    urllib,
  };
  const credentialsNow = createCredentials(options);
  let latest: { readonly credentials: OssCredentials; readonly client: Promise<OssClient> } | undefined;
  return {
    async client(signal) {
      const credentials = await credentialsNow({ signal });
      // ali-oss keeps its keys for good, so new ones get a new client. The connections stay: they are the agents'.
      if (latest?.credentials !== credentials) {
        latest = { credentials, client: createClient(settings, credentials) };
      }
      return latest.client;
    },
    close() {
      agent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** ali-oss takes the host of `host:port` for a scheme. */
function toUrl(endpoint: string | undefined, secure: boolean): string | undefined {
  if (endpoint === undefined || /^https?:\/\//.test(endpoint)) return endpoint;
  return `${secure ? "https" : "http"}://${endpoint}`;
}

function createCredentials(options: OssStorageOptions): CredentialCache {
  const { assumeRole: role, region = "", internal = false, timeoutMs = 30_000, connectTimeoutMs = 5_000 } = options;
  const base = baseCredentials(options);
  if (role === undefined) return base;
  const sts = { region: parseRegion(region)?.id ?? "", internal, timeoutMs, connectTimeoutMs };
  return createCredentialCache(assumeRole(base, role, sts), options);
}

function baseCredentials(options: OssStorageOptions): CredentialCache {
  const { credentials = defaultCredentials() } = options;
  if (typeof credentials === "function") return createCredentialCache(callerCredentials(credentials), options);
  // Keys that have no end need no cache; those that have one are not to be sent after it.
  return credentials.expiration === undefined
    ? async () => credentials
    : createCredentialCache(() => credentials, options);
}
