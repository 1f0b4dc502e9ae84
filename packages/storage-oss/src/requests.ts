import type { IncomingHttpHeaders } from "node:http";
import { MeteringError, type PutResult } from "@metering/core";
import { type ObjectRequests, RedactedCause } from "@metering/storage-kit";
import type { Connection } from "./connection.ts";
import { crc64 } from "./crc64.ts";
import { readCause, refusesCredentials } from "./errors.ts";
import { maxPageBytes, readPage } from "./listing.ts";
import type { OssClient } from "./options.ts";
import type { Exchange } from "./transport.ts";

// Name of the metadata entry by which a writer recognises its own object.
const writeIdHeader = "x-oss-meta-metering-write-id";

/** The response to a request. */
interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** The result that ali-oss returned. */
  readonly result: unknown;
}

/** A response that OSS never sends, such as a proxy's or a login page. */
function strangeAnswer(problem: string): MeteringError {
  return new MeteringError(
    "storage-failure",
    `The response ${problem}, so it does not come from OSS. Check endpoint and proxies.`,
  );
}

function toResult({ headers }: Answer): PutResult {
  if (headers.etag === undefined) throw strangeAnswer("to a put has no ETag");
  return { etag: headers.etag };
}

/** ali-oss signs a parameter without a value differently from OSS's specification, so none is sent. */
function present(name: string, value = ""): Readonly<Record<string, string>> {
  return value === "" ? {} : { [name]: value };
}

/** The requests to one bucket, each sent once. Names include the prefix. */
export function createRequests(connection: Connection): ObjectRequests {
  /** Sends with the current client. Errors are redacted before they are passed on. */
  async function send(
    signal: AbortSignal,
    request: (client: OssClient, ctx: Exchange) => Promise<unknown>,
    maxBytes = Infinity,
  ): Promise<Answer> {
    const { client, refuse, secrets } = await connection.connect(signal);
    const ctx: Exchange = {
      signal,
      maxBytes,
      status: undefined,
      headers: {},
      body: new Uint8Array(),
      failure: undefined,
    };
    try {
      const result = await request(client, ctx);
      return { status: ctx.status, headers: ctx.headers, body: ctx.body, result };
    } catch (error) {
      throw ctx.failure ?? readCause(error, ctx, secrets(), refusesCredentials(error) && refuse());
    }
  }

  const put = (
    name: string,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<PutResult> => {
    const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return send(signal, (client, ctx) => client.put(name, content, { ctx, headers })).then(toResult);
  };

  async function head(name: string, signal: AbortSignal): Promise<IncomingHttpHeaders | undefined> {
    try {
      return (await send(signal, (client, ctx) => client.head(name, { ctx }))).headers;
    } catch (error) {
      if (error instanceof RedactedCause && error.code === "NoSuchKey") return undefined;
      throw error;
    }
  }

  const remove = async (name: string, signal: AbortSignal): Promise<void> => {
    await send(signal, (client, ctx) => client.delete(name, { ctx }));
  };

  return {
    put: (name, body, signal) => put(name, body, {}, signal),
    conditional: (name, body) => ({
      put: (writeId, signal) => put(name, body, { "x-oss-forbid-overwrite": "true", [writeIdHeader]: writeId }, signal),
      async find(signal) {
        const headers = await head(name, signal);
        const writeId = headers?.[writeIdHeader];
        return headers && { writeId: typeof writeId === "string" ? writeId : undefined, etag: headers.etag };
      },
      remove: (signal) => remove(name, signal),
      refusalOf: (error) =>
        error instanceof RedactedCause && error.code === "FileAlreadyExists"
          ? { certain: true, repeated: false }
          : undefined,
      isForbidden: (error) => error instanceof RedactedCause && error.status === 403 && error.code === "AccessDenied",
    }),
    async get(name, maxBytes, signal) {
      const { status, headers, body } = await send(signal, (client, ctx) => client.get(name, { ctx }), maxBytes);
      if (status !== 200) throw strangeAnswer(`has the status ${status}`);
      const checksum = headers["x-oss-hash-crc64ecma"];
      if (checksum !== undefined && checksum !== crc64(body)) {
        throw new MeteringError("unavailable", "The body was damaged in transit: its checksum is wrong. Call again.");
      }
      return body;
    },
    async head(name, signal) {
      const headers = await head(name, signal);
      if (headers === undefined) return undefined;
      const { "content-length": length, "last-modified": time, etag } = headers;
      if (length === undefined || time === undefined) throw strangeAnswer("to a head has no length or time");
      return { size: Number(length), etag, lastModified: new Date(time) };
    },
    delete: remove,
    async listPage({ namePrefix, startAfter, token }, signal) {
      const query = {
        "max-keys": "1000",
        // Control characters in names are not valid XML.
        "encoding-type": "url",
        ...present("prefix", namePrefix),
        ...present("start-after", startAfter),
        ...present("continuation-token", token),
      };
      return readPage((await send(signal, (client, ctx) => client.listV2(query, { ctx }), maxPageBytes)).result);
    },
    close: () => connection.close(),
  };
}
