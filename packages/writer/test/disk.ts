import type { ObjectStorage } from "@metering/core";
import { LocalFsStorage } from "@metering/storage-localfs";
import { memfs } from "memfs";

/** A new, empty storage in memory: the real adapter on memfs. */
export function createStorage(): ObjectStorage {
  return new LocalFsStorage({ basePath: "/data", fs: memfs({ "/data": null }).fs });
}

/** Keys of everything that is stored. */
export async function storedKeys(storage: ObjectStorage): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list("")) keys.push(key);
  return keys;
}

/** The same storage, as an object whose verbs can be replaced. */
export function delegate(storage: ObjectStorage): ObjectStorage {
  return {
    name: storage.name,
    id: storage.id,
    put: (...args) => storage.put(...args),
    get: (...args) => storage.get(...args),
    head: (...args) => storage.head(...args),
    delete: (...args) => storage.delete(...args),
    list: (...args) => storage.list(...args),
    close: () => storage.close(),
    [Symbol.asyncDispose]: () => storage.close(),
  };
}
