import {
  type CallOptions,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  MeteringError,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
  type PutResult,
  silentLogger,
} from "@metering/core";
import {
  type Attempt,
  createKeyPrefix,
  createSemaphore,
  type KeyPrefix,
  type Semaphore,
  withRetry,
} from "@metering/storage-kit";
import { ClientError } from "./client-error.ts";
import { type Connection, createConnection } from "./connection.ts";
import { crc64 } from "./crc64.ts";
import { type CallContext, classifyFailure } from "./errors.ts";
import { type Answer, exchange } from "./exchange.ts";
import { listObjects } from "./listing.ts";
import type { OssStorageOptions } from "./options.ts";
import { checkOptions } from "./options-check.ts";
import { whereIs } from "./place-id.ts";
import { type ConditionalWrites, putIfAbsent } from "./put-if-absent.ts";

// https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions
const maxNameBytes = 1023;

/** Makes the one request of an attempt. */
type Send = (call: Parameters<typeof exchange>[2], signal: AbortSignal, maxBytes?: number) => Promise<Answer>;

/**
 * Objects in a bucket of Alibaba Cloud OSS.
 *
 * Keeps every promise of `ObjectStorage`. Failed requests are repeated (`maxAttempts`); errors are `MeteringError`s
 * and hold no credentials. ali-oss is loaded with the first call.
 *
 * @throws `invalid-argument` where an option breaks its rule.
 *
 * @example
 * ```ts
 * await using storage = new OssStorage({ bucket: "usage", region: "cn-hangzhou", prefix: "team-a" });
 * await storage.put("hello.txt", new TextEncoder().encode("hello"), { ifAbsent: true });
 * ```
 */
export class OssStorage implements ObjectStorage {
  readonly name: string;
  readonly id: string;
  readonly #options: OssStorageOptions;
  readonly #prefix: KeyPrefix;
  readonly #semaphore: Semaphore;
  readonly #connection: Connection;
  readonly #conditionalWrites: ConditionalWrites = { proven: false };
  #closed = false;

  constructor(options: OssStorageOptions) {
    this.#options = checkOptions(options);
    const { bucket, prefix, maxConnections = 50 } = this.#options;
    this.#prefix = createKeyPrefix(prefix, `oss://${bucket}`);
    this.name = `oss://${bucket}/${this.#prefix.value}`;
    this.id = `oss:${whereIs(this.#options)}/${bucket}/${this.#prefix.value}`;
    this.#semaphore = createSemaphore(maxConnections);
    this.#connection = createConnection(this.#options);
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}): Promise<PutResult> {
    const name = this.#toName(key);
    const content = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return this.#call("put", key, signal, (send) => {
      const put = (headers: Readonly<Record<string, string>>, attemptSignal: AbortSignal): Promise<Answer> =>
        send((client, ctx) => client.put(name, content, { ctx, headers }), attemptSignal);
      if (!ifAbsent) return async (attemptSignal) => ({ etag: (await put({}, attemptSignal)).headers.etag });
      const requests = { put, head: (attemptSignal: AbortSignal) => head(send, name, attemptSignal) };
      return putIfAbsent(requests, this.#conditionalWrites);
    });
  }

  async get(key: string, { signal, maxBytes }: GetOptions = {}): Promise<Uint8Array> {
    const name = this.#toName(key);
    return this.#call("get", key, signal, (send) => async (attemptSignal) => {
      const { headers, body } = await send((client, ctx) => client.get(name, { ctx }), attemptSignal, maxBytes);
      const checksum = headers["x-oss-hash-crc64ecma"];
      if (checksum !== undefined && checksum !== crc64(body)) {
        throw new MeteringError("unavailable", "The body arrived damaged: its checksum is another one. Call again.");
      }
      return body;
    });
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const name = this.#toName(key);
    return this.#call("head", key, signal, (send) => async (attemptSignal) => {
      const headers = (await head(send, name, attemptSignal))?.headers;
      if (headers === undefined) return undefined;
      const lastModified = new Date(headers["last-modified"] ?? 0);
      return { key, size: Number(headers["content-length"]), etag: headers.etag, lastModified };
    });
  }

  async delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    const name = this.#toName(key);
    await this.#call("delete", key, signal, (send) => async (attemptSignal) => {
      await send((client, ctx) => client.delete(name, { ctx }), attemptSignal);
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, onInvalidKey } = options;
    const query = {
      "max-keys": "1000",
      // Names with control characters are no valid XML as they are.
      "encoding-type": "url",
      ...present("prefix", this.#prefix.toNamePrefix(prefix)),
      ...present("start-after", startAfter === undefined ? "" : this.#prefix.value + startAfter),
    };
    const fetchPage = (token: string | undefined): Promise<unknown> =>
      this.#call("list", prefix, signal, (send) => async (attemptSignal) => {
        const page = token === undefined ? query : { ...query, "continuation-token": token };
        return (await send((client, ctx) => client.listV2(page, { ctx }), attemptSignal)).result;
      });
    for await (const object of listObjects(this.#prefix, fetchPage, onInvalidKey)) {
      yield object;
      signal?.throwIfAborted();
    }
  }

  /** Lets calls under way come to their end, then closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#semaphore.idle();
    this.#connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The object's name. OSS takes a byte less than the key rules allow, and no backslash at the start. */
  #toName(key: string): string {
    const name = this.#prefix.toName(key);
    if (Buffer.byteLength(name) <= maxNameBytes && !name.startsWith("\\")) return name;
    throw new MeteringError(
      "invalid-key",
      `OSS takes at most ${maxNameBytes} bytes, prefix included, and no backslash at the start. Choose another key.`,
      { key, storage: this.name },
    );
  }

  /** One call of the contract: waits for its turn, makes its attempts, translates what goes wrong. */
  async #call<Result>(
    verb: CallContext["verb"],
    key: string,
    signal: AbortSignal | undefined,
    prepare: (send: Send) => Attempt<Result>,
  ): Promise<Result> {
    const { timeoutMs = 30_000, maxAttempts = 5, logger = silentLogger, bucket } = this.#options;
    const context: CallContext = { verb, key, storage: this.name, bucket };
    if (this.#closed) {
      throw new MeteringError("closed", `${this.name} was closed. Open a new storage.`, { key, storage: this.name });
    }
    const rules = {
      timeoutMs,
      maxAttempts,
      classify: (error: unknown) => classifyFailure(error, context),
      onRetry: ({ message }: MeteringError, waitMs: number) =>
        logger.info(`Again in ${Math.round(waitMs)} ms: ${message}`),
    };
    const send: Send = async (call, attemptSignal, maxBytes) =>
      exchange(await this.#connection.client(attemptSignal), { signal: attemptSignal, maxBytes }, call);
    return this.#semaphore.run(signal, () => withRetry(rules, signal, prepare(send)));
  }
}

async function head(send: Send, name: string, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await send((client, ctx) => client.head(name, { ctx }), signal);
  } catch (error) {
    if (error instanceof ClientError && error.code === "NoSuchKey") return undefined;
    throw error;
  }
}

/** ali-oss signs a parameter without a value in another way than OSS's specification, so none is sent. */
function present(name: string, value: string): Readonly<Record<string, string>> {
  return value === "" ? {} : { [name]: value };
}
