import {
  compareKeys,
  MeteringError,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type MeteringErrorCode,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
} from "@metering/core";
import { createKeyPrefix, sleep } from "@metering/storage-kit";

/** What a place holds: the stored name of each object, its body and time. */
export class Objects extends Map<string, { readonly body: Uint8Array; readonly lastModified: Date }> {
  readonly id = crypto.randomUUID();
  state: "well" | "stalled" | "broken" = "well";
}

/** How many names a page of a listing has at most. */
export const pageSize = 100;

/** Stores objects in a folder under names that are no valid keys; returns their names in there. */
export function plantInvalidKeys(objects: Objects, folder: string): string[] {
  const names = ["", "a//b", "a/../b", "line\nfeed"];
  for (const name of names) objects.set(`${folder}/${name}`, { body: new Uint8Array(), lastModified: new Date() });
  return names;
}

/** Keeps every promise of the contract: the store that the suite must pass. */
export class MemoryStorage implements ObjectStorage {
  readonly name: string = "memory://test";
  readonly id: string;
  protected readonly objects: Objects;
  protected readonly prefix;
  #closed = false;

  constructor(objects: Objects, prefix?: string) {
    this.objects = objects;
    this.prefix = createKeyPrefix(prefix, this.name);
    this.id = `memory:${objects.id}/${this.prefix.value}`;
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<{ etag?: string }> {
    const name = await this.begin(key, options.signal);
    if (options.ifAbsent === true && this.objects.has(name)) this.fail("already-exists", key);
    this.objects.set(name, { body: Uint8Array.from(body), lastModified: new Date() });
    return {};
  }

  async get(key: string, options: GetOptions = {}): Promise<Uint8Array> {
    const name = await this.begin(key, options.signal);
    const body = this.objects.get(name)?.body ?? this.fail("not-found", key);
    if (body.byteLength > (options.maxBytes ?? Infinity)) this.fail("too-large", key);
    return body.slice();
  }

  async head(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<ObjectInfo | undefined> {
    const object = this.objects.get(await this.begin(key, options.signal));
    return object && { key, size: object.body.byteLength, lastModified: object.lastModified };
  }

  async delete(key: string, options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.objects.delete(await this.begin(key, options.signal));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const namePrefix = this.prefix.toNamePrefix(prefix);
    let last = options.startAfter === undefined ? undefined : this.prefix.value + options.startAfter;
    for (;;) {
      await this.settle(options.signal);
      const page = this.page(namePrefix, last);
      for (const name of page) {
        options.signal?.throwIfAborted();
        const object = this.objects.get(name);
        const key = this.prefix.toKey(name, options.onInvalidKey);
        if (object && key !== undefined) {
          yield { key, size: object.body.byteLength, lastModified: object.lastModified };
        }
      }
      last = page.at(-1);
      if (last === undefined) return;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The next names in order, one page at most. */
  protected page(namePrefix: string, after: string | undefined): string[] {
    return [...this.objects.keys()]
      .filter((name) => name.startsWith(namePrefix) && (after === undefined || compareKeys(name, after) > 0))
      .sort(compareKeys)
      .slice(0, pageSize);
  }

  protected async begin(key: string, signal: AbortSignal | undefined): Promise<string> {
    const name = this.prefix.toName(key);
    await this.settle(signal);
    return name;
  }

  /** As a network would, answers later, so that calls overlap. */
  protected async settle(signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed) throw new MeteringError("closed", "Open a new storage.", { storage: this.name });
    signal?.throwIfAborted();
    if (this.objects.state === "stalled") await sleep(3_600_000, signal);
    if (this.objects.state === "broken") throw this.unreachable();
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }

  protected unreachable(): Error {
    return new MeteringError("unavailable", "The store cannot be reached. Call again.", { storage: this.name });
  }

  protected fail(code: MeteringErrorCode, key: string): never {
    throw new MeteringError(code, `Expected failure of "${key}".`, { key, storage: this.name });
  }
}
