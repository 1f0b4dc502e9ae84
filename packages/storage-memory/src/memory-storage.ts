import {
  MeteringError,
  type CallOptions,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type MeteringErrorCode,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
  type PutResult,
} from "@metering/core";
import { createKeyPrefix, type KeyPrefix } from "@metering/storage-kit";
import { Memory, type StoredObject } from "./memory.ts";
import { parseMemoryOptions, type MemoryStorageOptions } from "./options.ts";

/**
 * Keeps objects in memory, for tests and tries: every promise of the contract, but nothing outlives the process.
 *
 * A call does its work before it returns its promise, and uses no timer, so the same calls always have the same outcome.
 * For answers that take time, and for failures, put `withLatency` and `withFaults` of `@metering/storage-kit` around it.
 *
 * @example
 * ```ts
 * const storage = new MemoryStorage();
 * await storage.put("hello", new TextEncoder().encode("world"), { ifAbsent: true });
 * ```
 */
export class MemoryStorage implements ObjectStorage {
  /** `memory:` and the prefix. */
  readonly name: string;
  /** `memory:`, the id of the memory, and the prefix. */
  readonly id: string;
  readonly #memory: Memory;
  readonly #keys: KeyPrefix;
  #closed = false;

  /** @throws `invalid-argument` where an option breaks its rule. */
  constructor(options: MemoryStorageOptions = {}) {
    const { memory = new Memory(), prefix } = parseMemoryOptions(options);
    const { value } = createKeyPrefix(prefix, "MemoryStorage");
    this.name = `memory:${value}`;
    this.id = `memory:${memory.id}/${value}`;
    this.#memory = memory;
    this.#keys = createKeyPrefix(value, this.name);
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}): Promise<PutResult> {
    const name = this.#open(signal).toName(key);
    // Without types, a text would be taken for an empty body.
    if (!ArrayBuffer.isView(body)) throw this.#error("invalid-argument", key, "The body must be a Uint8Array.");
    if (ifAbsent && this.#memory.get(name) !== undefined) {
      throw this.#error("already-exists", key, "The object exists already.");
    }
    return { etag: this.#memory.set(name, body).etag };
  }

  async get(key: string, { maxBytes = Infinity, signal }: GetOptions = {}): Promise<Uint8Array> {
    const object = this.#memory.get(this.#open(signal).toName(key));
    if (object === undefined) throw this.#error("not-found", key, "There is no such object.");
    const { byteLength } = object.body;
    if (byteLength > maxBytes) {
      throw this.#error("too-large", key, `The object has ${byteLength} bytes, more than the ${maxBytes} allowed.`);
    }
    return Uint8Array.from(object.body);
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const object = this.#memory.get(this.#open(signal).toName(key));
    return object && infoOf(key, object);
  }

  async delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    this.#memory.delete(this.#open(signal).toName(key));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, onInvalidKey } = options;
    const start = this.#open(signal).toNamePrefix(prefix);
    let name = this.#memory.next(start, startAfter === undefined ? undefined : this.#keys.value + startAfter);
    while (name !== undefined) {
      const object = this.#memory.get(name);
      const key = this.#keys.toKey(name, onInvalidKey);
      if (object !== undefined && key !== undefined) yield infoOf(key, object);
      this.#open(signal);
      name = this.#memory.next(start, name);
    }
  }

  /** Ends this handle. The memory and other handles on it stay as they are. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Where every call begins. */
  #open(signal: AbortSignal | undefined): KeyPrefix {
    if (this.#closed) {
      throw new MeteringError("closed", `${this.name} is closed. Open a new storage.`, { storage: this.name });
    }
    signal?.throwIfAborted();
    return this.#keys;
  }

  #error(code: MeteringErrorCode, key: string, what: string): MeteringError {
    return new MeteringError(code, `${what} Key ${JSON.stringify(key)} in ${this.name}.`, { key, storage: this.name });
  }
}

/** A `Date` of its own for each caller. */
function infoOf(key: string, { body, etag, lastModified }: StoredObject): ObjectInfo {
  return { key, size: body.byteLength, etag, lastModified: new Date(lastModified) };
}
