import { LRUCache } from "lru-cache";
import type { FoundVersion } from "./find-version.ts";

/** Remembers for a while which version of a cluster is the newest at which times. */
export interface KnownNewest {
  /** What was found for any time at which it is also true, unless that was too long ago. */
  get(prefix: string, timestamp: number): FoundVersion | undefined;
  set(prefix: string, found: FoundVersion): void;
}

const maxClusters = 10_000;
const maxSpansPerCluster = 16;

/**
 * @param foundForMs How long a version counts as the newest: one written since may stay unseen for so long.
 * @param absentForMs The same for "there is none".
 */
export function createKnownNewest(foundForMs: number, absentForMs: number): KnownNewest {
  const clusters = new LRUCache<string, readonly (FoundVersion & { readonly goodUntilMs: number })[]>({
    max: maxClusters,
  });
  return {
    get(prefix, timestamp) {
      const now = Date.now();
      return clusters
        .get(prefix)
        ?.find(({ from, until, goodUntilMs }) => goodUntilMs > now && from <= timestamp && timestamp < until);
    },
    set(prefix, found) {
      const goodUntilMs = Date.now() + (found.version === undefined ? absentForMs : foundForMs);
      const others = (clusters.get(prefix) ?? []).filter(({ from }) => from !== found.from);
      clusters.set(prefix, [{ ...found, goodUntilMs }, ...others].slice(0, maxSpansPerCluster));
    },
  };
}
