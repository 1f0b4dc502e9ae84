import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createTokenCache, type TokenCache } from "@metering/storage-kit";
import { assumeRole } from "./assume-role.ts";
import { createClient, viewClient } from "./client.ts";
import { callerCredentials } from "./credentials.ts";
import { defaultCredentials } from "./default-credentials.ts";
import type { OssClient, OssCredentials, OssStorageOptions } from "./options.ts";
import { parseRegion } from "./region.ts";
import { createTransport } from "./transport.ts";

/** A client with valid credentials. */
export interface Connected {
  readonly client: OssClient;
  /** Call this when the store refused the credentials. Returns whether the next `connect` may use other ones. */
  readonly refuse: () => boolean;
  /** Keys and token, which no error may contain. */
  readonly secrets: () => readonly (string | undefined)[];
}

/** The current client of a storage. */
export interface Connection {
  connect(signal: AbortSignal): Promise<Connected>;
  close(): void;
}

/** Connects according to the options. Nothing is loaded, requested or opened before the first call. */
export function createConnection(options: OssStorageOptions): Connection {
  const { bucket, client, region = "", endpoint, internal = false, secure = true, signatureVersion = 4 } = options;
  const { connectTimeoutMs = 5_000, maxConnections = 50 } = options;
  if (client !== undefined) {
    const view = viewClient(client, bucket, createTransport(connectTimeoutMs));
    const secrets = (): string[] => secretsOf(Reflect.get(client, "options"));
    return { connect: async () => ({ client: view, refuse: () => false, secrets }), close: () => {} };
  }
  const agent = new HttpAgent({ keepAlive: true, maxSockets: maxConnections });
  const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: maxConnections });
  const settings = {
    bucket,
    region: parseRegion(region)?.ossId ?? "",
    endpoint: toUrl(endpoint, secure),
    internal,
    secure,
    authorizationV4: signatureVersion === 4,
    urllib: createTransport(connectTimeoutMs, { agent, httpsAgent }),
  };
  const tokens = createTokens(options);
  const isFixed = typeof options.credentials === "object" && options.assumeRole === undefined;
  let latest: { readonly credentials: OssCredentials; readonly client: Promise<OssClient> } | undefined;
  return {
    async connect(signal) {
      const credentials = await tokens.get(signal);
      // New credentials get a new client. The connections belong to the agents and stay open.
      if (latest?.credentials !== credentials) latest = { credentials, client: createClient(settings, credentials) };
      return {
        client: await latest.client,
        refuse() {
          tokens.drop(credentials);
          return !isFixed;
        },
        secrets: () => secretsOf(credentials),
      };
    },
    close() {
      agent.destroy();
      httpsAgent.destroy();
    },
  };
}

const secretNames = ["accessKeyId", "accessKeySecret", "securityToken", "stsToken"];

function secretsOf(holder: object): string[] {
  return secretNames.map((name): unknown => Reflect.get(holder, name)).filter((value) => typeof value === "string");
}

/** Adds a scheme, because ali-oss would read the host of `host:port` as one. */
function toUrl(endpoint: string | undefined, secure: boolean): string | undefined {
  if (endpoint === undefined || /^https?:\/\//.test(endpoint)) return endpoint;
  return `${secure ? "https" : "http"}://${endpoint}`;
}

function createTokens(options: OssStorageOptions): TokenCache<OssCredentials> {
  const { credentials, assumeRole: role, region = "", internal = false, logger } = options;
  const { timeoutMs = 30_000, connectTimeoutMs = 5_000 } = options;
  const cached = { timeoutMs, logger };
  const base =
    typeof credentials === "function"
      ? callerCredentials(credentials)
      : credentials === undefined
        ? defaultCredentials()
        : () => credentials;
  const tokens = createTokenCache(base, cached);
  if (role === undefined) return tokens;
  const sts = { region: parseRegion(region)?.id ?? "", internal, timeoutMs, connectTimeoutMs };
  return createTokenCache(assumeRole(tokens, role, sts), cached);
}
