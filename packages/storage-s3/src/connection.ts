import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { S3Client } from "@aws-sdk/client-s3";
import { createTokenCache, type TokenCache } from "@metering/storage-kit";
import { assumeRole } from "./assume-role.ts";
import { createClient, loadS3Module, type S3Module } from "./client.ts";
import { callerCredentials, type Identity, toIdentity } from "./credentials.ts";
import { defaultCredentials } from "./default-credentials.ts";
import type { S3StorageOptions } from "./options.ts";

/** A client with valid credentials. */
export interface Connected {
  readonly sdk: S3Module;
  readonly client: S3Client;
  /** Call this when the store refused the credentials. Returns whether the next `connect` may use other ones. */
  readonly refuse: () => boolean;
  /** Keys and token, which no error may contain. */
  readonly secrets: () => Promise<readonly (string | undefined)[]>;
}

/** The current client of a storage. */
export interface Connection {
  connect(signal: AbortSignal): Promise<Connected>;
  close(): void;
}

/** Connects according to the options. Nothing is loaded, requested or opened before the first call. */
export function createConnection(options: S3StorageOptions): Connection {
  const { client, maxConnections = 50 } = options;
  if (client !== undefined) return { connect: () => connectWith(client), close: () => {} };
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: maxConnections }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: maxConnections }),
  };
  const tokens = createTokens(options);
  const isFixed = typeof options.credentials === "object" && options.assumeRole === undefined;
  let latest: { readonly identity: Identity; readonly client: S3Client } | undefined;
  return {
    async connect(signal) {
      const sdk = await loadS3Module();
      const identity = await tokens.get(signal);
      // New credentials get a new client. The connections belong to the agents and stay open.
      if (latest?.identity !== identity) latest = { identity, client: createClient(sdk, options, identity, agents) };
      return {
        sdk,
        client: latest.client,
        refuse() {
          tokens.drop(identity);
          return !isFixed;
        },
        secrets: async () => secretsOf(identity),
      };
    },
    close() {
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}

const secretsOf = ({ accessKeyId, secretAccessKey, sessionToken }: Identity) => [
  accessKeyId,
  secretAccessKey,
  sessionToken,
];

async function connectWith(client: S3Client): Promise<Connected> {
  return {
    sdk: await loadS3Module(),
    client,
    refuse: () => false,
    secrets: () => client.config.credentials().then(secretsOf, () => []),
  };
}

function createTokens(options: S3StorageOptions): TokenCache<Identity> {
  const { credentials, region, assumeRole: role, timeoutMs = 30_000, connectTimeoutMs = 5_000, logger } = options;
  const cached = { timeoutMs, logger };
  const base =
    typeof credentials === "function"
      ? callerCredentials(credentials)
      : credentials === undefined
        ? defaultCredentials(region)
        : () => toIdentity(credentials);
  const tokens = createTokenCache(base, cached);
  if (role === undefined) return tokens;
  return createTokenCache(assumeRole(tokens, role, { region, timeoutMs, connectTimeoutMs }), cached);
}
