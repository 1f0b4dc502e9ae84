import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { OssError } from "./oss-error.ts";
import type { SignedRequest } from "./signed-request.ts";

/** The requests that the server counts and faults name. */
export type Verb = "put" | "get" | "head" | "delete" | "list" | "assumeRole";

export interface OssRequest extends SignedRequest {
  readonly body: Buffer;
}

/**
 * Reads a request as OSS addresses it: the bucket is the first label of the host name, or, where the host is an
 * address or plain `localhost`, the first segment of the path.
 */
export async function readRequest(message: IncomingMessage): Promise<OssRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
  const target = message.url ?? "/";
  const queryStart = target.indexOf("?");
  const path = queryStart < 0 ? target : target.slice(0, queryStart);
  const query = new Map(new URLSearchParams(queryStart < 0 ? "" : target.slice(queryStart + 1)));
  return { method: message.method ?? "", headers, query, body: Buffer.concat(chunks), ...address(headers, path) };
}

function address(headers: Record<string, string>, path: string): { bucket: string; key: string } {
  const host = (headers["host"] ?? "").replace(/:\d+$/, "");
  const name = decodePath(path.slice(1));
  if (host !== "localhost" && isIP(host) === 0) return { bucket: host.split(".")[0] ?? "", key: name };
  const slash = name.indexOf("/");
  return slash < 0 ? { bucket: name, key: "" } : { bucket: name.slice(0, slash), key: name.slice(slash + 1) };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new OssError(400, "InvalidURI", "The request URI is not percent-encoded UTF-8.");
  }
}

/** The operation a request asks for, or `undefined` where this server does not know it. */
export function verbOf(request: OssRequest): Verb | undefined {
  if (request.method === "GET" && request.key === "")
    return request.query.get("list-type") === "2" ? "list" : undefined;
  if (request.key === "") return undefined;
  if (request.method === "PUT") return "put";
  if (request.method === "GET") return "get";
  if (request.method === "HEAD") return "head";
  if (request.method === "DELETE") return "delete";
  return undefined;
}

const plainHeaders = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "host",
  "user-agent",
  "x-oss-content-sha256",
  "x-oss-date",
  "x-oss-security-token",
]);
const listParameters = ["list-type", "prefix", "start-after", "continuation-token", "max-keys", "encoding-type"];
// What Alibaba's Python client always sends along. With any other value the answer would differ.
const listDefaults = new Map([
  ["delimiter", ""],
  ["fetch-owner", "false"],
]);

/** Whatever of a request the server would leave unnoticed although it could change the answer. */
export function unknownParts(verb: Verb, request: OssRequest): string[] {
  const headers = Object.keys(request.headers).filter((name) => {
    if (plainHeaders.has(name)) return false;
    return !(verb === "put" && (name === "x-oss-forbid-overwrite" || name.startsWith("x-oss-meta-")));
  });
  const parameters = [...request.query].filter(
    ([name, value]) => verb !== "list" || !(listParameters.includes(name) || listDefaults.get(name) === value),
  );
  return [...headers.map((name) => `header ${name}`), ...parameters.map(([name]) => `parameter ${name}`)];
}
