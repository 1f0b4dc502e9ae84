import { createHash } from "node:crypto";
import { AzureError } from "./azure-error.ts";
import type { AzureRequest, Verb } from "./request.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Blob {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly md5: string;
  readonly lastModified: Date;
}

/** The blobs of the one container, and what differs between servers. */
export interface Container {
  readonly name: string;
  readonly blobs: Map<string, Blob>;
  /** Most names in one answer of a listing. */
  readonly pageSize: number;
  /** Whether `startFrom` is known, as since version 2026-02-06 of the protocol. */
  readonly knowsStartFrom: boolean;
  /** Whether `If-None-Match` is heeded. */
  readonly heedsConditions: boolean;
}

const empty = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: Buffer.alloc(0),
});

let writes = 0;

/** Stores a blob, and returns its etag. */
export function store(blobs: Container["blobs"], name: string, body: Buffer, headers: Blob["headers"] = {}): string {
  const etag = `"0x${(++writes).toString(16).toUpperCase()}"`;
  blobs.set(name, { body, headers, etag, md5: md5Of(body), lastModified: new Date() });
  return etag;
}

const md5Of = (body: Buffer): string => createHash("md5").update(body).digest("base64");

/** The operations, given a request that is authorised and for a container that is there. */
export const operations: Readonly<Record<Verb, (container: Container, request: AzureRequest) => Answer>> = {
  put({ blobs, heedsConditions }, { blob, headers, body }) {
    if (headers["x-ms-blob-type"] !== "BlockBlob") throw new AzureError(400, "InvalidHeaderValue");
    const md5 = md5Of(body);
    if (headers["content-md5"] !== undefined && headers["content-md5"] !== md5)
      throw new AzureError(400, "Md5Mismatch");
    if (headers["if-none-match"] === "*" && heedsConditions && blobs.has(blob))
      throw new AzureError(409, "BlobAlreadyExists");
    const metadata = Object.entries(headers).filter(([name]) => name.startsWith("x-ms-meta-"));
    const kept = Object.fromEntries(metadata.map(([name, value]) => [name, String(value)]));
    const etag = store(blobs, blob, body, {
      ...kept,
      "content-type": headers["content-type"] ?? "application/octet-stream",
    });
    return empty(201, { etag, "content-md5": md5, "last-modified": new Date().toUTCString() });
  },

  get(container, request) {
    const blob = existing(container, request);
    return { status: 200, headers: blobHeaders(blob), body: Buffer.from(blob.body) };
  },

  head(container, request) {
    const blob = existing(container, request);
    return empty(200, { ...blobHeaders(blob), "content-length": String(blob.body.byteLength) });
  },

  delete(container, request) {
    existing(container, request);
    container.blobs.delete(request.blob);
    return empty(202);
  },

  list({ name: container, blobs, pageSize, knowsStartFrom }, { query }) {
    const [prefix, marker] = [query.get("prefix") ?? "", query.get("marker") ?? ""];
    const from = knowsStartFrom ? (query.get("startFrom") ?? "") : "";
    // JavaScript sorts texts by UTF-16 units, as Azure does.
    const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name >= from && name >= marker).sort();
    const size = Math.min(Number(query.get("maxresults") ?? 5000), pageSize);
    const items = names.slice(0, size).map((name) => blobXml(name, blobs.get(name)));
    const next = escapeXml(names[size] ?? "");
    const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://localhost/" ContainerName="${container}"><Prefix>${escapeXml(prefix)}</Prefix><Blobs>${items.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
    return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(xml) };
  },
};

function existing({ blobs }: Container, { blob }: AzureRequest): Blob {
  const found = blobs.get(blob);
  if (found === undefined) throw new AzureError(404, "BlobNotFound");
  return found;
}

function blobHeaders({ headers, etag, md5, lastModified }: Blob): Record<string, string> {
  const time = lastModified.toUTCString();
  return { ...headers, etag, "content-md5": md5, "last-modified": time, "x-ms-blob-type": "BlockBlob" };
}

function blobXml(name: string, blob: Blob | undefined): string {
  if (blob === undefined) return "";
  // A name with characters that XML cannot hold is percent-encoded, and says so.
  // eslint-disable-next-line no-control-regex
  const isOdd = /[\u0000-\u001f\ufffe\uffff]/.test(name);
  const written = isOdd ? `<Name Encoded="true">${encodeURIComponent(name)}</Name>` : `<Name>${escapeXml(name)}</Name>`;
  const { etag, body, lastModified } = blob;
  const time = lastModified.toUTCString();
  return `<Blob>${written}<Properties><Last-Modified>${time}</Last-Modified><Etag>${etag.slice(1, -1)}</Etag><Content-Length>${body.byteLength}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
