import {
  decodeMetadata,
  defaultMaxDecompressedBytes,
  metadataKeyPrefix,
  modifyTsSchema,
  parseMetadataKey,
  loggerSchema,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type MetadataId,
  type MetadataType,
  type ObjectStorage,
  type StoredMetadata,
} from "@metering/core";
import * as z from "zod/mini";
import { findVersion, type FoundVersion } from "./find-version.ts";
import { createKnownNewest, type KnownNewest } from "./known-newest.ts";
import type { MetadataCache } from "./metadata-cache.ts";
import { maxDecompressedBytesSchema } from "./options.ts";
import { createShareFlight } from "./shared-flight.ts";

/** How a {@link MetaReader} reads. */
export interface MetaReaderOptions {
  /** Where to keep versions once read, such as `memoryCache({ maxBytes })`. Default: nowhere; every call reads anew. */
  readonly cache?: MetadataCache | undefined;
  /**
   * With a cache: for how many milliseconds the version found counts as the newest without looking again. One written
   * meanwhile is seen so much later at the most. Default: 60,000.
   */
  readonly newestForMs?: number | undefined;
  /** With a cache: the same where there was no version. Default: 10,000. */
  readonly absentForMs?: number | undefined;
  /** Refuse a file that has more bytes once decompressed (`too-large`). Default: 268,435,456. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Where skipped files and failures of the cache are named. Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() => {
  const milliseconds = z.int("must be whole milliseconds").check(z.gte(0, "must be 0 or more"));
  return z.strictObject(
    {
      cache: z.optional(
        z.custom<MetadataCache>(
          (value) => typeof value === "object" && value !== null && "get" in value && "set" in value,
          "must be a cache with get, set and stats",
        ),
      ),
      newestForMs: z._default(milliseconds, 60_000),
      absentForMs: z._default(milliseconds, 10_000),
      maxDecompressedBytes: z._default(maxDecompressedBytesSchema, defaultMaxDecompressedBytes),
      logger: loggerSchema,
    },
    "must be an object",
  );
})();

/** How metadata is looked up. */
export interface LookupOptions extends CallOptions {
  /** Of this component kind. Left out: the whole cluster's own. */
  readonly category?: string | undefined;
}

/** Which versions to list. */
export interface MetadataFilter {
  readonly type?: MetadataType | undefined;
  readonly category?: string | undefined;
  readonly clusterId?: string | undefined;
}

/** A stored version, as its key tells: nothing of it is read yet. */
export interface MetadataFile extends MetadataId {
  readonly key: string;
}

/**
 * Reads clusters' metadata from a storage: the version that was the newest at a given time.
 *
 * @example
 * ```ts
 * const reader = new MetaReader(storage, { cache: memoryCache({ maxBytes: 64 * 1024 * 1024 }) });
 * const found = await reader.readByType("lc-1", "logic", 1755850380);
 * console.log(found?.modifyTs, found?.metadata);
 * ```
 */
export class MetaReader {
  readonly #storage: ObjectStorage;
  readonly #cache: MetadataCache | undefined;
  readonly #known: KnownNewest;
  readonly #maxBytes: number;
  readonly #logger: Logger;
  readonly #shareSearch = createShareFlight<FoundVersion>();
  readonly #shareDownload = createShareFlight<Uint8Array>();

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MetaReaderOptions = {}) {
    const { cache, newestForMs, absentForMs, maxDecompressedBytes, logger } = parseOptions(
      optionsSchema,
      options,
      "MetaReader",
    );
    this.#storage = storage;
    this.#cache = cache;
    this.#known = createKnownNewest(newestForMs, absentForMs);
    this.#maxBytes = maxDecompressedBytes;
    this.#logger = logger ?? silentLogger;
  }

  /**
   * The newest version of one type that is not after `timestamp` (Unix seconds), or `undefined` where there is none.
   * With a category, that category's; without, only the cluster's own.
   *
   * @throws `invalid-argument`; `invalid-format`, `key-mismatch` or `too-large` where that version cannot be used (an
   *   older one is never given in its place); the storage's errors; the signal's reason.
   */
  async readByType(
    clusterId: string,
    type: MetadataType,
    timestamp: number,
    { category, signal }: LookupOptions = {},
  ): Promise<StoredMetadata | undefined> {
    const { version } = await this.#find({ clusterId, type, category }, timestamp, signal);
    return version && this.readFile(version.key, { signal });
  }

  /**
   * The newest version of any type that is not after `timestamp`, the legacy layout included (which knows no category).
   * Of several of the same second: `logic` before `sharedpool` before legacy.
   *
   * @throws as `readByType`.
   */
  async read(
    clusterId: string,
    timestamp: number,
    { category, signal }: LookupOptions = {},
  ): Promise<StoredMetadata | undefined> {
    const places: Omit<MetadataId, "modifyTs">[] = [
      { clusterId, type: "logic", category },
      { clusterId, type: "sharedpool", category },
    ];
    if (category === undefined) places.push({ clusterId });
    const found = await Promise.all(places.map((place) => this.#find(place, timestamp, signal)));
    let newest: FoundVersion["version"];
    for (const { version } of found) {
      if (version !== undefined && (newest === undefined || version.modifyTs > newest.modifyTs)) newest = version;
    }
    return newest && this.readFile(newest.key, { signal });
  }

  /** One version by its key. The object is the caller's own. Throws `not-found`, and as `readByType`. */
  async readFile(key: string, { signal }: CallOptions = {}): Promise<StoredMetadata> {
    signal?.throwIfAborted();
    const file = await this.#shareDownload(key, signal, (stop) => this.#download(key, stop));
    return decodeMetadata(key, file, this.#maxBytes);
  }

  /** Versions, in the order of their keys. Files that are no metadata are left out, with a warning. */
  async *list(
    { type, category, clusterId }: MetadataFilter = {},
    { signal }: CallOptions = {},
  ): AsyncGenerator<MetadataFile, void, undefined> {
    const prefix = type === undefined ? "metering/meta/" : `metering/meta/${type}/`;
    for await (const { key } of this.#storage.list(prefix, { signal, keysOnly: true })) {
      const id = parseMetadataKey(key);
      if (id === undefined) this.#logger.warn(`Skipped ${key}: it is not the key of a metadata file.`);
      else if (
        (type === undefined || id.type === type) &&
        (category === undefined || id.category === category) &&
        (clusterId === undefined || id.clusterId === clusterId)
      ) {
        yield { key, ...id };
      }
    }
  }

  async #find(
    place: Omit<MetadataId, "modifyTs">,
    timestamp: number,
    signal: AbortSignal | undefined,
  ): Promise<FoundVersion> {
    signal?.throwIfAborted();
    parseOptions(modifyTsSchema, timestamp, "a lookup's timestamp");
    const prefix = metadataKeyPrefix(place);
    const known = this.#cache && this.#known.get(prefix, timestamp);
    if (known !== undefined) return known;
    return this.#shareSearch(`${prefix}${timestamp}`, signal, async (stop) => {
      const found = await findVersion(this.#storage, prefix, timestamp, stop);
      this.#known.set(prefix, found);
      return found;
    });
  }

  async #download(key: string, signal: AbortSignal): Promise<Uint8Array> {
    const name = `${this.#storage.name} ${key}`;
    const cached = await this.#tolerate(this.#cache?.get(name));
    if (cached !== undefined) return cached;
    const file = await this.#storage.get(key, { maxBytes: this.#maxBytes, signal });
    if (this.#cache !== undefined) {
      // A file that cannot be used may be replaced; only what never changes is kept.
      await decodeMetadata(key, file, this.#maxBytes);
      await this.#tolerate(this.#cache.set(name, file));
    }
    return file;
  }

  async #tolerate<Result>(call: Promise<Result> | undefined): Promise<Result | undefined> {
    try {
      return await call;
    } catch (error) {
      this.#logger.warn(`The metadata cache failed: ${String(error)}`);
      return undefined;
    }
  }
}
