import type { ObjectStorage } from "@metering/core";

/** The same storage with some of its verbs done otherwise. */
export function overriding(storage: ObjectStorage, verbs: Partial<ObjectStorage>): ObjectStorage {
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
    ...verbs,
  };
}

/** Keys of everything that is stored under a prefix. */
export async function storedKeys(storage: ObjectStorage, prefix = ""): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix, { keysOnly: true })) keys.push(key);
  return keys;
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
