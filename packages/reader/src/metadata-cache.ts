/** How much a cache holds, and how often it had what it was asked for. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** Bytes of the files that it holds now. */
  readonly bytes: number;
}

/**
 * Keeps metadata files for a {@link MetaReader}, compressed as they are stored. Names are any text. A name stands for the
 * storage, the key and the revision of one stored file, so a file that is replaced under its key has another name, and
 * what a cache holds never becomes wrong.
 *
 * A reader asks its cache only for what it does not hold decoded itself. A cache that fails costs a request and a warning,
 * nothing else.
 */
export interface MetadataCache {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, file: Uint8Array): Promise<void>;
  stats(): CacheStats;
}
