import { buildMetadataKey, encodeMetadata, type ListedObject, type ObjectStorage } from "@metering/core";
import { MemoryStorage } from "@metering/storage-memory";
import { overriding } from "@metering/test-helpers";

/** Key of a version of cluster `lc-1`. */
export const keyOf = (modifyTs: number, clusterId = "lc-1"): string =>
  buildMetadataKey({ type: "logic", clusterId, modifyTs });

/** A storage of many versions that lists as S3 does, a request for each 1,000 keys, and counts the requests. */
export function createLargeStorage(keys: readonly string[]) {
  const sorted = [...new Set(keys)].sort();
  const counts = { requests: 0, gets: 0 };
  const storage: ObjectStorage = overriding(new MemoryStorage(), {
    async *list(prefix: string, { startAfter = "" } = {}): AsyncGenerator<ListedObject> {
      const start = startAfter > prefix ? startAfter : prefix;
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sorted[middle] ?? "") <= start) low = middle + 1;
        else high = middle;
      }
      for (let n = 0; ; n++) {
        if (n % 1000 === 0) counts.requests++;
        const key = sorted[low + n];
        if (key === undefined || !key.startsWith(prefix)) return;
        yield { key, size: 1, lastModified: new Date(0) };
      }
    },
    async get(key: string) {
      counts.gets++;
      const [, clusterId = "", modifyTs] = /([^/]+)\/(\d+)\.json\.gz$/.exec(key) ?? [];
      return encodeMetadata({ type: "logic", clusterId, modifyTs: Number(modifyTs), metadata: {} });
    },
  });
  return { storage, counts };
}
