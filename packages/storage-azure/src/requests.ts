import { Readable } from "node:stream";
import type { BlobGetPropertiesResponse, BlockBlobUploadOptions, ContainerClient } from "@azure/storage-blob";
import { compareKeys, isMeteringError, MeteringError, type PutResult } from "@metering/core";
import { type ListingPage, type ObjectRequests, readBody, RedactedCause, redactedCause } from "@metering/storage-kit";
import { md5 } from "./client.ts";
import type { Connection } from "./connection.ts";
import { readCause, refusesToken } from "./errors.ts";
import { orderedPage, readPage, startFrom } from "./listing.ts";
import type { AzureStorageOptions } from "./options.ts";

/** Metadata that shows who wrote an object. Azure allows no hyphens in such names. */
const writeIdName = "metering_write_id";

// As many as on S3 and OSS, which readers expect. Azure would send 5,000.
const keysPerRequest = 1000;

// Hosts of Azure support conditional writes. An emulator or a gateway is tested first.
const azureHost = /\.blob\.(core\.(windows\.net|chinacloudapi\.cn|usgovcloudapi\.net)|storage\.azure\.net)$/;

/** The error for a response that Azure never sends, such as a proxy's. */
function strangeAnswer(problem: string): MeteringError {
  return new MeteringError(
    "storage-failure",
    `The response ${problem}, so it does not come from Azure Blob Storage. Check endpoint and proxies.`,
  );
}

/** Creates the requests to one container, each sent once. Names include the prefix. */
export function createRequests(connection: Connection, { client }: AzureStorageOptions): ObjectRequests {
  /** Sends with the current client. Errors are translated without secrets. */
  async function send<Answer>(
    signal: AbortSignal,
    request: (container: ContainerClient) => Promise<Answer>,
  ): Promise<Answer> {
    const { container, refuse, secrets } = await connection.connect(signal);
    try {
      return await request(container);
    } catch (error) {
      if (isMeteringError(error) || error instanceof RedactedCause) throw error;
      throw readCause(error, secrets, refusesToken(error) && refuse());
    }
  }

  async function put(
    name: string,
    body: Uint8Array,
    signal: AbortSignal,
    options: BlockBlobUploadOptions = {},
  ): Promise<PutResult> {
    const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const { etag } = await send(signal, (container) =>
      container.getBlockBlobClient(name).upload(content, content.byteLength, { ...options, abortSignal: signal }),
    );
    if (etag === undefined) throw strangeAnswer("to a put has no ETag");
    return { etag };
  }

  async function head(name: string, signal: AbortSignal): Promise<BlobGetPropertiesResponse | undefined> {
    try {
      return await send(signal, (container) => container.getBlobClient(name).getProperties({ abortSignal: signal }));
    } catch (error) {
      if (error instanceof RedactedCause && error.code === "BlobNotFound") return undefined;
      throw error;
    }
  }

  async function remove(name: string, signal: AbortSignal): Promise<void> {
    try {
      await send(signal, (container) => container.getBlobClient(name).delete({ abortSignal: signal }));
    } catch (error) {
      if (!(error instanceof RedactedCause) || error.code !== "BlobNotFound") throw error;
    }
  }

  return {
    put,
    conditional: (name, body) => ({
      put: (writeId, signal) =>
        put(name, body, signal, { conditions: { ifNoneMatch: "*" }, metadata: { [writeIdName]: writeId } }),
      async find(signal) {
        const found = await head(name, signal);
        return found && { writeId: found.metadata?.[writeIdName], etag: found.etag };
      },
      remove: (signal) => remove(name, signal),
      refusalOf(error) {
        if (!(error instanceof RedactedCause)) return undefined;
        const { code = "", status } = error;
        // Credentials that may create blobs but not overwrite them get the second one.
        const certain = code === "BlobAlreadyExists" || code === "UnauthorizedBlobOverwrite";
        // A lease, a policy or the archive tier may be reported before the condition is checked.
        const possible = certain || status === 409 || status === 412;
        // The caller's client retries by itself.
        return possible ? { certain, repeated: client !== undefined } : undefined;
      },
      isForbidden: (error) =>
        error instanceof RedactedCause && error.status === 403 && error.code !== "AuthenticationFailed",
      isTrusted: (signal) => send(signal, async (container) => azureHost.test(new URL(container.url).hostname)),
    }),
    get: (name, maxBytes, signal) =>
      send(signal, async (container) => {
        const {
          readableStreamBody: stream,
          contentLength: expectedBytes,
          contentMD5,
          _response,
        } = await container.getBlobClient(name).download(0, undefined, { abortSignal: signal, maxRetryRequests: 0 });
        if (!(stream instanceof Readable)) throw strangeAnswer("has no body that Node can read");
        try {
          if (_response.status !== 200) throw strangeAnswer(`has the status ${_response.status}`);
          const body = await readBody(stream, { expectedBytes, maxBytes });
          if (contentMD5 !== undefined && !md5(body).equals(contentMD5)) {
            throw new MeteringError("unavailable", "The body is corrupt: its checksum differs. Call again.");
          }
          return body;
        } catch (error) {
          stream.destroy();
          if (isMeteringError(error)) throw error;
          const cause = redactedCause(error);
          throw new MeteringError("unavailable", `The body is truncated (${cause.message}). Call again.`, {
            cause,
          });
        }
      }),
    async head(name, signal) {
      const found = await head(name, signal);
      if (found === undefined) return undefined;
      const { contentLength: size, lastModified, etag } = found;
      if (size === undefined || lastModified === undefined) throw strangeAnswer("to a head has no length or time");
      return { size, etag, lastModified };
    },
    delete: remove,
    listPage({ namePrefix: prefix, startAfter, token }, signal) {
      const start = startFrom(prefix, startAfter);
      const options = { prefix, abortSignal: signal, ...(start === undefined ? {} : { startFrom: start }) };
      const fetchPage = (from: string | undefined): Promise<ListingPage> =>
        send(signal, async (container) => {
          const settings = { maxPageSize: keysPerRequest, ...(from === undefined ? {} : { continuationToken: from }) };
          const { value } = await container.listBlobsFlat(options).byPage(settings).next();
          const { objects, next } = readPage(value ?? {});
          // Azure starts at or before `startAfter`; a server that does not know `startFrom` starts at the prefix.
          return {
            objects: objects.filter(({ name }) => startAfter === undefined || compareKeys(name, startAfter) > 0),
            next,
          };
        });
      return orderedPage(fetchPage, prefix, token);
    },
    close: () => connection.close(),
  };
}
