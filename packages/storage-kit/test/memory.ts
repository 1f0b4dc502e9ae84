import { compareKeys, MeteringError, type ObjectStorage } from "@metering/core";

/** A storage in memory, as far as the tests of the kit need one: `@metering/storage-memory` depends on the kit. */
export function createMemoryStorage(): ObjectStorage {
  const objects = new Map<string, Uint8Array>();
  const name = "memory:test";
  const lastModified = new Date();
  return {
    name,
    id: name,
    async put(key, body, { ifAbsent = false, signal } = {}) {
      signal?.throwIfAborted();
      if (ifAbsent && objects.has(key))
        throw new MeteringError("already-exists", "It is there.", { key, storage: name });
      objects.set(key, body);
      return {};
    },
    async get(key, { signal } = {}) {
      signal?.throwIfAborted();
      const body = objects.get(key);
      if (body === undefined) throw new MeteringError("not-found", "There is none.", { key, storage: name });
      return body;
    },
    async head(key) {
      const body = objects.get(key);
      return body && { key, size: body.byteLength, lastModified };
    },
    async delete(key) {
      objects.delete(key);
    },
    async *list(prefix, { startAfter = "" } = {}) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && compareKeys(key, startAfter) > 0);
      for (const key of keys.sort(compareKeys)) yield { key, size: objects.get(key)?.byteLength, lastModified };
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}
