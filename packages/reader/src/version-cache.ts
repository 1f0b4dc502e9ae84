import { LRUCache } from "lru-cache";
import type { FoundVersion } from "./find-version.ts";

/** Remembers which version of a cluster is the newest at which times. */
export interface VersionCache {
  /** What was found for any time at which it also holds, unless its time to live has passed. */
  get(prefix: string, timestamp: number): FoundVersion | undefined;
  /** The newest version not after `timestamp` that was ever found, to look there first. A newer one may exist. */
  latestBefore(prefix: string, timestamp: number): number | undefined;
  /** @param askedMs When the search began: a version written later need not be in its result. */
  set(prefix: string, found: FoundVersion, askedMs: number): void;
}

const maxClusters = 10_000;
const maxSpansPerCluster = 16;

/**
 * @param ttlMs How long a version counts as the newest. A version written in the meantime may stay unseen for this long.
 * @param negativeTtlMs The same where no version was found.
 */
export function createVersionCache(ttlMs: number, negativeTtlMs: number): VersionCache {
  const clusters = new LRUCache<string, readonly (FoundVersion & { readonly expiresMs: number })[]>({
    max: maxClusters,
  });
  return {
    get(prefix, timestamp) {
      const spans = clusters.get(prefix);
      if (spans === undefined) return undefined;
      const now = Date.now();
      for (const span of spans) {
        if (span.from <= timestamp && timestamp < span.until && span.expiresMs > now) return span;
      }
      return undefined;
    },
    latestBefore(prefix, timestamp) {
      let latest: number | undefined;
      for (const { version } of clusters.peek(prefix) ?? []) {
        if (version !== undefined && version.modifyTs <= timestamp) latest = Math.max(version.modifyTs, latest ?? 0);
      }
      return latest;
    },
    set(prefix, found, askedMs) {
      const expiresMs = askedMs + (found.version === undefined ? negativeTtlMs : ttlMs);
      const others = (clusters.get(prefix) ?? []).filter(({ from }) => from !== found.from);
      clusters.set(prefix, [{ ...found, expiresMs }, ...others].slice(0, maxSpansPerCluster));
    },
  };
}
