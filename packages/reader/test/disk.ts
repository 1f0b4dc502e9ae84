import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ObjectStorage } from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { LocalFsStorage } from "@metering/storage-localfs";
import { memfs } from "memfs";

/** A new, empty storage in memory: the real adapter on memfs. */
export function createStorage(prefix?: string): ObjectStorage {
  return new LocalFsStorage({ basePath: "/data", prefix, fs: memfs({ "/data": null }).fs });
}

/** A folder with all trees of the Go SDK merged, below a prefix if one is given. */
export function createGoFolder(prefix = ""): { readonly basePath: string; remove(): void } {
  const basePath = mkdtempSync(join(tmpdir(), "metering-reader-"));
  for (const { root } of goTrees) {
    mkdirSync(join(basePath, prefix), { recursive: true });
    cpSync(join(root, "metering"), join(basePath, prefix, "metering"), { recursive: true });
  }
  return { basePath, remove: () => rmSync(basePath, { recursive: true }) };
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

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
