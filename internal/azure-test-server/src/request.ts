import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** The requests that the server counts and faults name. */
export type Verb = "put" | "get" | "head" | "delete" | "list";

export interface AzureRequest {
  readonly method: string;
  /** As it came, percent-encoded: signatures are made over it. */
  readonly path: string;
  readonly container: string;
  /** Decoded; `""` for a request on the container. */
  readonly blob: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function readRequest(message: IncomingMessage): Promise<AzureRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const { method = "", headers } = message;
  const url = new URL(message.url ?? "/", "http://localhost");
  // Azure reads a backslash in a path as a slash, and drops dots at the end of a segment.
  const path = decodeURIComponent(url.pathname)
    .replaceAll("\\", "/")
    .replaceAll(/\.+(?=\/|$)/g, "");
  const [, container = "", ...rest] = path.split("/");
  return {
    method,
    path: url.pathname,
    container,
    blob: rest.join("/"),
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  };
}

/** The operation a request asks for, or `undefined` where this server does not know it. */
export function verbOf({ method, blob, query }: AzureRequest): Verb | undefined {
  if (blob === "") return method === "GET" && query.get("comp") === "list" ? "list" : undefined;
  if (query.has("comp")) return undefined;
  const verbs: Readonly<Record<string, Verb>> = { PUT: "put", GET: "get", HEAD: "head", DELETE: "delete" };
  return verbs[method];
}

const knownHeaders = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "connection",
  "content-length",
  "content-md5",
  "content-type",
  "host",
  "user-agent",
  "x-ms-blob-type",
  "x-ms-client-request-id",
  "x-ms-date",
  "x-ms-version",
]);
const knownParameters: Readonly<Record<Verb, readonly string[]>> = {
  put: [],
  get: [],
  head: [],
  delete: [],
  list: ["restype", "comp", "prefix", "marker", "maxresults", "startFrom"],
};
const sasParameters = ["sv", "ss", "srt", "sr", "sp", "st", "se", "spr", "sig"];

/** Whatever of a request the server would leave unnoticed although it could change the answer. */
export function unknownParts(verb: Verb, { headers, query }: AzureRequest): string[] {
  const ofPut = (name: string): boolean =>
    verb === "put" && (name === "if-none-match" || name.startsWith("x-ms-meta-"));
  const strange = Object.keys(headers).filter((name) => !knownHeaders.has(name) && !ofPut(name));
  const known = [...knownParameters[verb], ...sasParameters];
  const parameters = [...query.keys()].filter((name) => !known.includes(name));
  return [...strange.map((name) => `header ${name}`), ...parameters.map((name) => `parameter ${name}`)];
}
