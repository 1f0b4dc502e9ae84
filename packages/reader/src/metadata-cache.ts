/** How much a cache holds, and how often it had what was asked for. */
export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  /** Bytes of the files it holds now. */
  readonly bytes: number;
}

/**
 * Keeps metadata files, compressed as they are stored, for a {@link MetaReader}. A version never changes, so what it
 * holds stays true. Names tell storages and keys apart; any text can be one.
 *
 * A cache that fails costs a request and a warning, nothing else.
 */
export interface MetadataCache {
  get(name: string): Promise<Uint8Array | undefined>;
  set(name: string, file: Uint8Array): Promise<void>;
  stats(): CacheStats;
}
