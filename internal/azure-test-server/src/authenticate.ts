import { createHmac } from "node:crypto";
import { AzureError } from "./azure-error.ts";
import type { AzureRequest } from "./request.ts";

/** What the server lets in. */
export interface Credentials {
  readonly accountName: string;
  readonly accountKey: string;
  /** As it stands in URLs. */
  readonly sasToken: string;
  /** Token of Microsoft Entra ID. */
  readonly token: string;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** The string that a shared key signs: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key */
export function stringToSign({ method, path, query, headers }: AzureRequest, accountName: string): string {
  const length = headers["content-length"] ?? "";
  const plain = [
    headers["content-encoding"],
    headers["content-language"],
    length === "0" ? "" : length,
    headers["content-md5"],
    headers["content-type"],
    headers["date"],
    headers["if-modified-since"],
    headers["if-match"],
    headers["if-none-match"],
    headers["if-unmodified-since"],
    headers["range"],
  ];
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-ms-"));
  const parameters = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  return [
    method,
    ...plain.map((value) => value ?? ""),
    ...own.toSorted(byName).map(([name, value]) => `${name}:${String(value)}`),
    [`/${accountName}${path}`, ...parameters.toSorted(byName).map(([name, value]) => `${name}:${value}`)].join("\n"),
  ].join("\n");
}

/** Refuses a request that is signed by nobody known. */
export function authenticate(request: AzureRequest, { accountName, accountKey, sasToken, token }: Credentials): void {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const signature = request.query.get("sig");
    if (signature === null) throw new AzureError(401, "NoAuthenticationInformation", { "www-authenticate": "Bearer" });
    if (signature === new URLSearchParams(sasToken).get("sig")) return;
  } else if (authorization.startsWith("Bearer ")) {
    if (authorization === `Bearer ${token}`) return;
    throw new AzureError(401, "InvalidAuthenticationInfo");
  } else {
    const key = Buffer.from(accountKey, "base64");
    const signature = createHmac("sha256", key).update(stringToSign(request, accountName)).digest("base64");
    if (authorization === `SharedKey ${accountName}:${signature}`) return;
  }
  throw new AzureError(403, "AuthenticationFailed");
}
