import { compareKeys } from "@metering/core";

/** An object as a {@link Memory} holds it. */
export interface StoredObject {
  readonly body: Uint8Array;
  /** Another one for each time that an object was stored. */
  readonly etag: string;
  readonly lastModified: Date;
}

/**
 * What {@link MemoryStorage} keeps objects in: names, which are keys with the prefix before them, and bodies. Give one
 * memory to several storages to open the same place several times.
 *
 * Tests may use it directly to store what no storage would: a damaged file, or a name that is no valid key.
 */
export class Memory {
  /** Tells this memory from all others. */
  readonly id: string;
  readonly #objects = new Map<string, StoredObject>();
  /** The names in the order of a listing. */
  readonly #names: string[] = [];
  #stored = 0;

  /**
   * @param id Default: a random one. Give one where snapshots show it; two memories with the same id are one place to
   * a cache.
   */
  constructor(id: string = crypto.randomUUID()) {
    this.id = id;
  }

  /** The object of this name. Its body is the memory's own: do not change it. */
  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /** Stores a copy of `body` under any name, in place of what was there. */
  set(name: string, body: Uint8Array): StoredObject {
    if (!this.#objects.has(name)) this.#names.splice(this.#indexOf(name), 0, name);
    const object = { body: Uint8Array.from(body), etag: `"${++this.#stored}"`, lastModified: new Date() };
    this.#objects.set(name, object);
    return object;
  }

  /** Removes the object of this name, if there is one. */
  delete(name: string): void {
    if (this.#objects.delete(name)) this.#names.splice(this.#indexOf(name), 1);
  }

  /** The first name after `after`, by UTF-8 bytes, that starts with `start`. Default of `after`: before all names. */
  next(start: string, after?: string): string | undefined {
    let index = this.#indexOf(after === undefined || compareKeys(after, start) < 0 ? start : after);
    if (this.#names[index] === after) index++;
    const name = this.#names[index];
    return name?.startsWith(start) === true ? name : undefined;
  }

  /** Where the name is among the sorted names, or would be. */
  #indexOf(name: string): number {
    let [low, high] = [0, this.#names.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#names[middle] ?? "", name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
