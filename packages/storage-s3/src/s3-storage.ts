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
import { createClient, loadS3Module } from "./client.ts";
import { type CallContext, classifyFailure } from "./errors.ts";
import { listObjects } from "./listing.ts";
import type { S3StorageOptions } from "./options.ts";
import { checkOptions } from "./options-check.ts";
import { whereIs } from "./place-id.ts";
import { type ConditionalWrites, putIfAbsent } from "./put-if-absent.ts";
import { createRequests, type Requests } from "./requests.ts";

/**
 * Objects in a bucket of AWS S3, or of a store that speaks its protocol and has conditional writes.
 *
 * Keeps every promise of `ObjectStorage`. Failed requests are repeated (`maxAttempts`); errors are `MeteringError`s
 * and hold no credentials. The AWS SDK is loaded with the first call.
 *
 * @throws `invalid-argument` from the constructor where an option breaks its rule.
 *
 * @example
 * ```ts
 * await using storage = new S3Storage({ bucket: "usage", region: "eu-west-1", prefix: "team-a" });
 * await storage.put("hello.txt", new TextEncoder().encode("hello"), { ifAbsent: true });
 * ```
 */
export class S3Storage implements ObjectStorage {
  readonly name: string;
  readonly id: string;
  readonly #options: S3StorageOptions;
  readonly #prefix: KeyPrefix;
  readonly #semaphore: Semaphore;
  readonly #conditionalWrites: ConditionalWrites;
  #requests: Promise<Requests> | undefined;
  #closed = false;

  constructor(options: S3StorageOptions) {
    this.#options = checkOptions(options);
    const { bucket, prefix, client, endpoint, maxConnections = 50 } = this.#options;
    this.#prefix = createKeyPrefix(prefix, `s3://${bucket}`);
    this.name = `s3://${bucket}/${this.#prefix.value}`;
    this.id = `s3:${whereIs(this.#options)}/${bucket}/${this.#prefix.value}`;
    this.#semaphore = createSemaphore(maxConnections);
    // AWS heeds the condition of a conditional write; of another store it has to be seen once.
    this.#conditionalWrites = { proven: endpoint === undefined && client?.config.isCustomEndpoint !== true };
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}): Promise<PutResult> {
    const name = this.#prefix.toName(key);
    if (!ArrayBuffer.isView(body)) {
      // Without types: the client would take a text, and nothing at all for an empty body.
      throw new MeteringError("invalid-argument", "The body must be a Uint8Array.", { key, storage: this.name });
    }
    return this.#call("put", key, signal, (requests) =>
      ifAbsent
        ? putIfAbsent(requests.conditional(name, body), this.#conditionalWrites)
        : (attemptSignal) => requests.put(name, body, attemptSignal),
    );
  }

  async get(key: string, { signal, maxBytes }: GetOptions = {}): Promise<Uint8Array> {
    const name = this.#prefix.toName(key);
    return this.#call("get", key, signal, (requests) => (attemptSignal) => requests.get(name, maxBytes, attemptSignal));
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const name = this.#prefix.toName(key);
    const found = await this.#call(
      "head",
      key,
      signal,
      (requests) => (attemptSignal) => requests.head(name, attemptSignal),
    );
    if (found === undefined) return undefined;
    const { ContentLength: size = 0, ETag: etag, LastModified: lastModified = new Date(0) } = found;
    return { key, size, etag, lastModified };
  }

  async delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    const name = this.#prefix.toName(key);
    return this.#call("delete", key, signal, (requests) => (attemptSignal) => requests.delete(name, attemptSignal));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, onInvalidKey } = options;
    const start = {
      namePrefix: this.#prefix.toNamePrefix(prefix),
      startAfter: startAfter === undefined ? undefined : this.#prefix.value + startAfter,
    };
    const fetchPage = (token: string | undefined) =>
      this.#call(
        "list",
        prefix,
        signal,
        (requests) => (attemptSignal) => requests.listPage(start, token, attemptSignal),
      );
    for await (const object of listObjects(fetchPage, this.#prefix, this.name, onInvalidKey)) {
      yield object;
      signal?.throwIfAborted();
    }
  }

  /** Lets calls under way come to their end, then closes the connections. A client of yours stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#semaphore.idle();
    const requests = await this.#requests?.catch(() => undefined);
    if (this.#options.client === undefined) requests?.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** One call of the contract: waits for its turn, makes its attempts, translates what goes wrong. */
  async #call<Result>(
    verb: CallContext["verb"],
    key: string,
    signal: AbortSignal | undefined,
    prepare: (requests: Requests) => Attempt<Result>,
  ): Promise<Result> {
    const { bucket, timeoutMs = 30_000, maxAttempts = 5, logger = silentLogger } = this.#options;
    const context: CallContext = { verb, key, bucket, storage: this.name };
    if (this.#closed) {
      throw new MeteringError("closed", `${this.name} was closed. Open a new one.`, { key, storage: this.name });
    }
    return this.#semaphore.run(signal, async () => {
      const rules = {
        timeoutMs,
        maxAttempts,
        classify: (error: unknown) => classifyFailure(error, context),
        onRetry: ({ message }: MeteringError, waitMs: number) =>
          logger.info(`Trying again in ${Math.round(waitMs)} ms: ${message}`),
      };
      return withRetry(rules, signal, prepare(await this.#connect()));
    });
  }

  #connect(): Promise<Requests> {
    this.#requests ??= loadS3Module().then((sdk) =>
      createRequests(sdk, this.#options.client ?? createClient(sdk, this.#options), this.#options),
    );
    return this.#requests;
  }
}
