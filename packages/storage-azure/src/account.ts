import { MeteringError } from "@metering/core";
import type { AzureStorageOptions, AzureTokenCredential } from "./options.ts";

/** How requests are authorised. */
export type Access =
  | { readonly kind: "key"; readonly accountName: string; readonly accountKey: string }
  | { readonly kind: "sas"; readonly sasToken: string }
  /** `undefined` stands for `DefaultAzureCredential`. */
  | { readonly kind: "token"; readonly credential: AzureTokenCredential | undefined };

/** The blob service of an account, and how to access it. */
export interface Account {
  /** URL without a trailing slash. */
  readonly endpoint: string;
  readonly access: Access;
}

type Given = Pick<AzureStorageOptions, "accountName" | "endpoint" | "accountKey" | "sasToken" | "credential">;

/**
 * Reads the account from the options.
 *
 * @throws `invalid-argument` if they name none. The message quotes no value, because any of them may contain a secret.
 */
export function readAccount(options: Given & Pick<AzureStorageOptions, "connectionString">): Account {
  const { connectionString } = options;
  const given = connectionString === undefined ? options : readConnectionString(connectionString);
  const { accountName } = given;
  const endpoint = given.endpoint ?? (accountName && endpointOf(accountName));
  if (endpoint === undefined) {
    refuse(
      connectionString === undefined
        ? "give accountName or endpoint."
        : "connectionString names no AccountName and no BlobEndpoint. Copy all of it.",
    );
  }
  if (!isEndpoint(endpoint)) {
    refuse('the endpoint must be a URL such as "https://account.blob.core.windows.net", without user and query.');
  }
  const access = readAccess(given);
  if (access.kind === "token" && connectionString !== undefined) {
    refuse("connectionString has no AccountKey and no SharedAccessSignature. Copy all of it.");
  }
  if (access.kind === "token" && endpoint.startsWith("http:")) {
    refuse("without accountKey or sasToken, the endpoint must start with https://, because tokens are sent to it.");
  }
  return { endpoint: endpoint.replace(/\/+$/, ""), access };
}

function readAccess({ accountName, accountKey, sasToken, credential }: Given): Access {
  if (accountKey !== undefined) {
    if (accountName === undefined) refuse("accountKey needs accountName.");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(accountKey)) refuse("the account key must be base64. Copy all of it.");
    return { kind: "key", accountName, accountKey };
  }
  if (sasToken === undefined) return { kind: "token", credential };
  const query = sasToken.replace(/^\?/, "");
  if (!new URLSearchParams(query).get("sig")) refuse("the shared access signature has no sig. Copy all of it.");
  return { kind: "sas", sasToken: query };
}

/** Throws `invalid-argument` for the options. */
export function refuse(problem: string): never {
  throw new MeteringError("invalid-argument", `Invalid options for AzureStorage: ${problem}`);
}

function endpointOf(accountName: string, protocol = "https", suffix = "core.windows.net"): string {
  return `${protocol}://${accountName}.blob.${suffix}`;
}

/** Whether a value can be the URL of a blob service. An emulator has the account in the path. */
function isEndpoint(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    /^https?:$/.test(url?.protocol ?? "") && (url?.username ?? "") + url?.password + url?.search + url?.hash === ""
  );
}

/** https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string */
function readConnectionString(text: string): Given {
  const fields = new Map(
    text.split(";").map((field) => {
      const [name = ""] = field.split("=", 1);
      return [name.trim().toLowerCase(), field.slice(name.length + 1).trim()];
    }),
  );
  const accountName = fields.get("accountname");
  const [protocol, suffix] = [fields.get("defaultendpointsprotocol"), fields.get("endpointsuffix")];
  return {
    accountName,
    endpoint: fields.get("blobendpoint") ?? (accountName && endpointOf(accountName, protocol, suffix)),
    accountKey: fields.get("accountkey"),
    sasToken: fields.get("sharedaccesssignature"),
  };
}
