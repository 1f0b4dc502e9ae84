import { compareKeys, MeteringError } from "@metering/core";
import type { CallOptions, GetOptions, ListOptions, MeteringErrorCode } from "@metering/core";
import type { ListedObject, ObjectInfo, ObjectStorage, PutOptions, PutResult } from "@metering/core";
import { createKeyPrefix, type KeyPrefix } from "@metering/storage-kit";

/** What the objects live in. In an adapter of yours: the client of your store. */
export class Objects extends Map<string, { readonly body: Uint8Array; readonly lastModified: Date }> {
  readonly id = crypto.randomUUID();
}

/** Keeps objects in memory, for as long as the map lives. */
export class MemoryStorage implements ObjectStorage {
  readonly name: string;
  readonly id: string;
  readonly #objects: Objects;
  readonly #keys: KeyPrefix;
  #closed = false;
  readonly [Symbol.asyncDispose] = (): Promise<void> => this.close();

  constructor(objects: Objects, prefix?: string) {
    this.name = `memory:${prefix ?? ""}`;
    this.#objects = objects;
    this.#keys = createKeyPrefix(prefix, this.name);
    // What tells your place from every other one: endpoint, region, bucket; never credentials.
    this.id = `memory:${objects.id}/${this.#keys.value}`;
  }

  async put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}): Promise<PutResult> {
    const name = this.#open(signal).toName(key);
    // Look and set in one step: nothing else runs in between. Over a network, let the store decide in one request.
    if (ifAbsent && this.#objects.has(name)) throw this.#error("already-exists", "An object stands there", key);
    this.#objects.set(name, { body: Uint8Array.from(body), lastModified: new Date() });
    return {};
  }

  async get(key: string, { maxBytes = Infinity, signal }: GetOptions = {}): Promise<Uint8Array> {
    const object = this.#objects.get(this.#open(signal).toName(key));
    if (object === undefined) throw this.#error("not-found", "There is no such object", key);
    if (object.body.byteLength > maxBytes) throw this.#error("too-large", `It has more than ${maxBytes} bytes`, key);
    return Uint8Array.from(object.body);
  }

  async head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    const object = this.#objects.get(this.#open(signal).toName(key));
    return object && { key, size: object.body.byteLength, lastModified: object.lastModified };
  }

  async delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    this.#objects.delete(this.#open(signal).toName(key));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, onInvalidKey } = options;
    const start = this.#open(signal).toNamePrefix(prefix);
    const first = startAfter === undefined ? "" : this.#keys.value + startAfter;
    for (let page = this.#page(start, first); page.length > 0; page = this.#page(start, page.at(-1) ?? "")) {
      for (const name of page) {
        const key = this.#keys.toKey(name, onInvalidKey);
        const info = key === undefined ? undefined : await this.head(key, { signal });
        if (info !== undefined) yield info;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** The next names in the order of their bytes, as one request to a store would give them. */
  #page(start: string, after: string): string[] {
    const names = [...this.#objects.keys()].filter((name) => name.startsWith(start) && compareKeys(name, after) > 0);
    return names.sort(compareKeys).slice(0, 1_000);
  }

  /** Where every call begins. */
  #open(signal: AbortSignal | undefined): KeyPrefix {
    if (this.#closed) throw new MeteringError("closed", "Open a new storage.", { storage: this.name });
    signal?.throwIfAborted();
    return this.#keys;
  }

  #error(code: MeteringErrorCode, what: string, key: string): MeteringError {
    return new MeteringError(code, `${what}: ${JSON.stringify(key)} in ${this.name}.`, { key, storage: this.name });
  }
}
