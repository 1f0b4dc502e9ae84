import type { ObjectStorage } from "@metering/core";
import { findVersion, type FoundVersion } from "./find-version.ts";
import { createSingleFlight } from "./single-flight.ts";
import { createVersionCache } from "./version-cache.ts";

/** Finds versions, and remembers them for a while if it may. */
export interface VersionLookup {
  /** What is known without asking the storage. */
  known(prefix: string, timestamp: number): FoundVersion | undefined;
  find(prefix: string, timestamp: number, signal: AbortSignal | undefined): Promise<FoundVersion>;
}

export interface VersionLookupOptions {
  readonly storage: ObjectStorage;
  readonly onUnknownKey: (key: string) => void;
  /** How long results count. Left out: every lookup asks the storage anew. */
  readonly remember: { readonly ttlMs: number; readonly negativeTtlMs: number } | undefined;
}

export function createVersionLookup({ storage, onUnknownKey, remember }: VersionLookupOptions): VersionLookup {
  const { ttlMs, negativeTtlMs } = remember ?? { ttlMs: 0, negativeTtlMs: 0 };
  const versions = createVersionCache(ttlMs, negativeTtlMs);
  // A search that began longer ago may have missed a version that this lookup must see.
  const share = createSingleFlight<FoundVersion>(Math.min(ttlMs, negativeTtlMs));
  return {
    known: (prefix, timestamp) => versions.get(prefix, timestamp),
    find: (prefix, timestamp, signal) =>
      share(`${prefix}${timestamp}`, signal, async (stop) => {
        const askedMs = Date.now();
        const options = { storage, prefix, withRevisions: remember !== undefined, onUnknownKey, signal: stop };
        const found = await findVersion(options, timestamp, versions.latestBefore(prefix, timestamp));
        versions.set(prefix, found, askedMs);
        return found;
      }),
  };
}
