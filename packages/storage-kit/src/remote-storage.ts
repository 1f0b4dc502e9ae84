import {
  MeteringError,
  type CallOptions,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type Logger,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
  type PutResult,
} from "@metering/core";
import { checkBody } from "./body.ts";
import { toFailure, type FailedCall, type Meaning } from "./failure.ts";
import type { KeyPrefix } from "./key-prefix.ts";
import type { Verb } from "./layers/layer.ts";
import { listPages, type ListingPage } from "./listing.ts";
import { putIfAbsent, type ConditionalRequests, type ConditionProof } from "./put-if-absent.ts";
import { RedactedCause } from "./redacted-cause.ts";
import { withRetry, type Attempt, type Failure } from "./retry.ts";
import { createSemaphore, type Semaphore } from "./semaphore.ts";

/** Where a page of a listing starts. */
export interface PageStart {
  /** Start of the names wanted. */
  readonly namePrefix: string;
  /** Only names after this one. */
  readonly startAfter: string | undefined;
  /** Where the page before said that this one begins; `undefined` for the first. */
  readonly token: string | undefined;
}

/**
 * The requests of an adapter, each sent once, by stored names. They reject with a `RedactedCause` where the store or the
 * network failed, or with a `MeteringError`.
 */
export interface ObjectRequests {
  put(name: string, body: Uint8Array, signal: AbortSignal): Promise<PutResult>;
  /** The requests of a put with `ifAbsent`. */
  conditional(name: string, body: Uint8Array): ConditionalRequests;
  get(name: string, maxBytes: number | undefined, signal: AbortSignal): Promise<Uint8Array>;
  /** `undefined` where there is no such object. */
  head(name: string, signal: AbortSignal): Promise<Omit<ObjectInfo, "key"> | undefined>;
  delete(name: string, signal: AbortSignal): Promise<void>;
  listPage(start: PageStart, signal: AbortSignal): Promise<ListingPage>;
  /** Closes the connections. */
  close(): void;
}

/** A store that is reached by requests, as {@link RemoteStorage} needs to know it. */
export interface Service {
  /** See `ObjectStorage.name`. */
  readonly name: string;
  /** See `ObjectStorage.id`. */
  readonly id: string;
  readonly prefix: KeyPrefix;
  readonly requests: ObjectRequests;
  readonly meaningOf: (cause: RedactedCause, call: FailedCall) => Meaning | undefined;
  /** Rule that a stored name breaks in this store, beyond the key rules. */
  readonly nameProblem?: ((name: string) => string | undefined) | undefined;
  /** Whether the store is known to heed `ifAbsent`. Default: it is proven with the first such put. */
  readonly proof?: ConditionProof | undefined;
  readonly maxConnections: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/**
 * Everything about an `ObjectStorage` on a remote store that is the same for each: key rules, the limit of calls at once,
 * retries with a time limit for each attempt, lost answers of conditional puts, listings page by page, errors with key
 * and storage, `close`. An adapter brings the requests and the meaning of errors.
 */
export class RemoteStorage implements ObjectStorage {
  readonly name: string;
  readonly id: string;
  readonly #service: Service;
  readonly #semaphore: Semaphore;
  readonly #proof: ConditionProof;
  #closed = false;

  constructor(service: Service) {
    this.name = service.name;
    this.id = service.id;
    this.#service = service;
    this.#semaphore = createSemaphore(service.maxConnections);
    this.#proof = service.proof ?? { proven: false };
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, ...call }: PutOptions = {}): Promise<PutResult> {
    const name = this.#toName(key);
    checkBody(body, key, this.name);
    const { requests } = this.#service;
    const attempt: Attempt<PutResult> = ifAbsent
      ? putIfAbsent(requests.conditional(name, body), this.#proof)
      : (stop) => requests.put(name, body, stop);
    return this.#call("put", key, call, attempt);
  }

  async get(key: string, { maxBytes, ...call }: GetOptions = {}): Promise<Uint8Array> {
    const name = this.#toName(key);
    return this.#call("get", key, call, (stop) => this.#service.requests.get(name, maxBytes, stop));
  }

  async head(key: string, call: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const name = this.#toName(key);
    const found = await this.#call("head", key, call, (stop) => this.#service.requests.head(name, stop));
    return found && { key, ...found };
  }

  async delete(key: string, call: CallOptions = {}): Promise<void> {
    const name = this.#toName(key);
    await this.#call("delete", key, call, (stop) => this.#service.requests.delete(name, stop));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, onInvalidKey } = options;
    const { prefix: keys, requests } = this.#service;
    const start = {
      namePrefix: keys.toNamePrefix(prefix),
      startAfter: startAfter === undefined ? undefined : keys.value + startAfter,
    };
    const objects = listPages({
      prefix: keys,
      storage: this.name,
      onInvalidKey,
      fetchPage: (token) => this.#call("list", prefix, options, (stop) => requests.listPage({ ...start, token }, stop)),
    });
    for await (const object of objects) {
      yield object;
      signal?.throwIfAborted();
    }
  }

  /** Lets running calls finish, then closes the connections. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#semaphore.idle();
    this.#service.requests.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #toName(key: string): string {
    const name = this.#service.prefix.toName(key);
    const problem = this.#service.nameProblem?.(name);
    if (problem === undefined) return name;
    throw new MeteringError("invalid-key", `key ${JSON.stringify(key)} ${problem}. Choose another key.`, {
      key,
      storage: this.name,
    });
  }

  async #call<Result>(
    verb: Verb,
    key: string,
    { signal, onRetry }: CallOptions,
    attempt: Attempt<Result>,
  ): Promise<Result> {
    const { maxAttempts, timeoutMs, logger, meaningOf } = this.#service;
    if (this.#closed) {
      throw new MeteringError("closed", `${this.name} was closed. Open a new storage.`, { key, storage: this.name });
    }
    let renewed = false;
    const classify = (error: unknown): Failure => {
      const failure = toFailure(error, { verb, key, storage: this.name }, meaningOf);
      if (renewed || !(error instanceof RedactedCause) || !error.renewable) return failure;
      renewed = true;
      return { ...failure, retry: true };
    };
    const rules = {
      maxAttempts,
      timeoutMs,
      classify,
      onRetry: (error: MeteringError, waitMs: number) => {
        logger.info(`Trying again in ${Math.round(waitMs)} ms: ${error.message}`);
        onRetry?.(error);
      },
    };
    return this.#semaphore.run(signal, () => withRetry(rules, signal, attempt));
  }
}
