import { MeteringError, silentLogger, type ObjectInfo, type PutResult } from "@metering/core";
import {
  createKeyPrefix,
  networkMeaning,
  readBody,
  RedactedCause,
  redactedCause,
  RemoteStorage,
  statusMeaning,
  type FailedCall,
  type ListingPage,
  type Meaning,
  type ObjectRequests,
} from "@metering/storage-kit";

export interface HttpStorageOptions {
  /** Such as `https://objects.example.com`. */
  readonly endpoint: string;
  /** The secret that the store asks for. */
  readonly token: string;
  /** Where in the store all keys lie. Default: directly in it. */
  readonly prefix?: string | undefined;
  /** How often a request is sent at most. Default: 5. */
  readonly maxAttempts?: number | undefined;
}

/** Keeps objects in a store that speaks plain HTTP. Yours says in its place what store it is for. */
export class HttpStorage extends RemoteStorage {
  constructor({ endpoint, token, prefix, maxAttempts = 5 }: HttpStorageOptions) {
    const { origin } = new URL(endpoint);
    const { value } = createKeyPrefix(prefix, "HttpStorage");
    // Name and id say which place this is, and hold no credentials.
    const name = `${origin}/${value}`;
    super({
      name,
      id: name,
      prefix: createKeyPrefix(prefix, name),
      requests: createRequests(origin, token),
      meaningOf,
      maxConnections: 50,
      maxAttempts,
      timeoutMs: 30_000,
      logger: silentLogger,
    });
  }
}

type HttpHeaders = Readonly<Record<string, string>>;

interface HttpRequest {
  readonly method?: "PUT" | "HEAD" | "DELETE";
  readonly headers?: HttpHeaders;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** The requests of the store, each sent once: `RemoteStorage` retries, limits and aborts them. */
function createRequests(origin: string, token: string): ObjectRequests {
  const urlOf = (name: string): string => `${origin}/objects/${encodeURIComponent(name)}`;

  /** Sends a request, and rejects unless the answer is good. */
  async function send(url: string, { headers: own, ...request }: HttpRequest): Promise<Response> {
    const headers = { ...own, authorization: `Bearer ${token}` };
    // What fetch throws is not passed on as it is: it may hold the request, and with it the token.
    const response = await fetch(url, { ...request, headers }).catch((error: unknown) => {
      throw redactedCause(error, [token]);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new RedactedCause("HttpError", "the store refused", { status: response.status });
  }

  async function put(name: string, body: Uint8Array, headers: HttpHeaders, signal: AbortSignal): Promise<PutResult> {
    // A copy: the body is the caller's again once the call was aborted, and fetch may still be sending it.
    const response = await send(urlOf(name), { method: "PUT", body: Uint8Array.from(body), headers, signal });
    return { etag: response.headers.get("etag") ?? undefined };
  }

  async function head(name: string, signal: AbortSignal): Promise<Headers | undefined> {
    try {
      return (await send(urlOf(name), { method: "HEAD", signal })).headers;
    } catch (error) {
      if (error instanceof RedactedCause && error.status === 404) return undefined;
      throw error;
    }
  }

  async function remove(name: string, signal: AbortSignal): Promise<void> {
    await send(urlOf(name), { method: "DELETE", signal });
  }

  return {
    put: (name, body, signal) => put(name, body, {}, signal),
    conditional: (name, body) => ({
      // The store decides in one request. The write id tells whose object is there after a lost answer.
      put: (writeId, signal) => put(name, body, { "if-none-match": "*", "x-write-id": writeId }, signal),
      async find(signal) {
        const headers = await head(name, signal);
        return headers && { writeId: headers.get("x-write-id") ?? undefined, etag: headers.get("etag") ?? undefined };
      },
      remove: (signal) => remove(name, signal),
      refusalOf: (error) =>
        error instanceof RedactedCause && error.status === 412 ? { certain: true, repeated: false } : undefined,
      isForbidden: (error) => error instanceof RedactedCause && error.status === 403,
    }),
    async get(name, maxBytes, signal) {
      const { headers, body } = await send(urlOf(name), { signal });
      if (body === null) return new Uint8Array(0);
      try {
        return await readBody(body, { expectedBytes: Number(headers.get("content-length")), maxBytes });
      } catch (error) {
        await body.cancel().catch(() => {});
        throw error instanceof MeteringError ? error : redactedCause(error, [token]);
      }
    },
    async head(name, signal) {
      const headers = await head(name, signal);
      return headers && infoOf(headers);
    },
    delete: remove,
    async listPage({ namePrefix, startAfter, token: after }, signal) {
      const query = new URLSearchParams({ prefix: namePrefix, after: after ?? startAfter ?? "" });
      const page: unknown = await (await send(`${origin}/objects?${query.toString()}`, { signal })).json();
      return readPage(page);
    },
    close() {},
  };
}

function infoOf(headers: Headers): Omit<ObjectInfo, "key"> {
  return {
    size: Number(headers.get("content-length")),
    etag: headers.get("etag") ?? undefined,
    lastModified: new Date(headers.get("last-modified") ?? Number.NaN),
  };
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: string;
}

const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && "name" in value && "size" in value && "modified" in value;

/** An answer that is no listing is an error: taken for an empty one, it would hide every object. */
function readPage(page: unknown): ListingPage {
  if (typeof page !== "object" || page === null || !("objects" in page) || !Array.isArray(page.objects)) {
    throw new RedactedCause("NoListing", "the answer is no listing", { status: 200 });
  }
  const entries: readonly unknown[] = page.objects;
  const objects = entries.map((entry) => {
    if (!isEntry(entry)) throw new RedactedCause("NoListing", "an entry lacks name, size or time", { status: 200 });
    const { name, size, etag, modified } = entry;
    return { name, size, etag, lastModified: new Date(modified) };
  });
  return { objects, next: "next" in page && typeof page.next === "string" ? page.next : undefined };
}

/** What the store's errors mean. The kit knows the network's, and what an HTTP status says where nothing else does. */
function meaningOf(cause: RedactedCause, { verb }: FailedCall): Meaning | undefined {
  if (cause.status === 404 && verb === "get") return { code: "not-found", advice: "Check the key." };
  if (cause.status === 403) return { code: "permission-denied", advice: "Ask for the right to do this." };
  return networkMeaning(cause.code) ?? statusMeaning(cause.status);
}
