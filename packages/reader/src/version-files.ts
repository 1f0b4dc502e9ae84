import { decodeMetadata, type JsonValue, type Logger, type ObjectStorage, type StoredMetadata } from "@metering/core";
import { LRUCache } from "lru-cache";
import type { StoredVersion } from "./list-versions.ts";
import type { MetadataCache } from "./metadata-cache.ts";
import { createSingleFlight } from "./single-flight.ts";

/** Reads the files of versions. What it returns is frozen, so that callers can share it. */
export interface VersionFiles {
  /** A version that is held in memory. */
  held(version: StoredVersion): StoredMetadata | undefined;
  read(version: StoredVersion, signal: AbortSignal | undefined): Promise<StoredMetadata>;
  /** What is stored under a key now. Never from a cache: without a listing, nothing tells whether it was replaced. */
  readNow(key: string, signal: AbortSignal | undefined): Promise<StoredMetadata>;
}

export interface VersionFilesOptions {
  readonly storage: ObjectStorage;
  readonly cache: MetadataCache | undefined;
  readonly maxBytes: number;
  readonly logger: Logger;
}

/** Decoded versions are held up to this many bytes of their JSON. */
const maxHeldBytes = 32 * 1024 * 1024;

export function createVersionFiles({ storage, cache, maxBytes, logger }: VersionFilesOptions): VersionFiles {
  const decoded = new LRUCache<string, StoredMetadata>({ maxSize: maxHeldBytes });
  const share = createSingleFlight<StoredMetadata>();

  const tolerate = async <Result>(call: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await call;
    } catch (error) {
      logger.warn(`The metadata cache failed: ${String(error)}`);
      return undefined;
    }
  };

  const decode = async (key: string, file: Uint8Array): Promise<StoredMetadata> => {
    const stored = await decodeMetadata(key, file, maxBytes);
    if (stored.metadata !== null) freeze(stored.metadata);
    return Object.freeze(stored);
  };

  const readNow = async (key: string, signal: AbortSignal | undefined): Promise<StoredMetadata> =>
    decode(key, await storage.get(key, { maxBytes, signal }));

  const readThrough = async (
    { key, revision }: StoredVersion,
    through: MetadataCache,
    signal: AbortSignal,
  ): Promise<StoredMetadata> => {
    const name = JSON.stringify([storage.id, key, revision]);
    const cached = await tolerate(through.get(name));
    const file = cached ?? (await storage.get(key, { maxBytes, signal }));
    const stored = await decode(key, file);
    // Only files that can be used are kept.
    if (cached === undefined) await tolerate(through.set(name, file));
    decoded.set(key + revision, stored, { size: Math.max(1, decompressedBytes(file)) });
    return stored;
  };

  return {
    held: ({ key, revision }) => decoded.get(key + revision),
    read: (version, signal) =>
      cache === undefined
        ? readNow(version.key, signal)
        : share(version.key + version.revision, signal, (stop) => readThrough(version, cache, stop)),
    readNow,
  };
}

/** The length that stands at the end of a gzip file. */
function decompressedBytes(file: Uint8Array): number {
  return new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(file.byteLength - 4, true);
}

function freeze(value: JsonValue): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const inner of Array.isArray(value) ? value : Object.values(value)) freeze(inner);
}
