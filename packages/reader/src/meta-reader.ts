import {
  defaultMaxDecompressedBytes,
  loggerProblem,
  metadataKeyPrefix,
  MeteringError,
  secondsProblem,
  parseMetadataKey,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type MetadataId,
  type MetadataType,
  type ObjectStorage,
  type StoredMetadata,
} from "@metering/core";
import { callback, integer, methods, ruled } from "@metering/schema";
import { observe, observerProblem, type Observer } from "@metering/storage-kit";
import * as z from "zod/mini";
import type { OnFinding } from "./findings.ts";
import type { StoredVersion } from "./list-versions.ts";
import type { MetadataCache } from "./metadata-cache.ts";
import { bytesSchema } from "./options.ts";
import { createVersionFiles, type VersionFiles } from "./version-files.ts";
import { createVersionLookup, type VersionLookup } from "./version-lookup.ts";

/** How a {@link MetaReader} reads. */
export interface MetaReaderOptions {
  /** Where to keep files once read, such as `memoryCache({ maxBytes })`. Default: nowhere; every lookup reads anew. */
  readonly cache?: MetadataCache | undefined;
  /**
   * With a cache: for how many milliseconds the version found counts as the newest without looking again. A version
   * written or overwritten in the meantime may stay unseen for this long. Default: 60,000.
   */
  readonly ttlMs?: number | undefined;
  /** With a cache: the same where there was no version. Default: 10,000. */
  readonly negativeTtlMs?: number | undefined;
  /** Refuse a file that has more bytes once decompressed (`too-large`). Default: 268,435,456. */
  readonly maxDecompressedBytes?: number | undefined;
  /**
   * Called with an `unknown-key` error for every object that a call comes across under `metering/meta/` and whose key is
   * not the key of a metadata file. Default: `list` stops with that error; a lookup logs a warning and goes on, because
   * such an object cannot be the version that it looks for.
   */
  readonly onFinding?: OnFinding | undefined;
  /** Sees what is read, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
  /** Where skipped files and failures of the cache are named. Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() => {
  const milliseconds = integer(0, undefined, "milliseconds");
  return z.strictObject(
    {
      cache: z.optional(methods<MetadataCache>(["get", "set", "stats"], "must be a cache with get, set and stats")),
      ttlMs: z._default(milliseconds, 60_000),
      negativeTtlMs: z._default(milliseconds, 10_000),
      maxDecompressedBytes: z._default(bytesSchema, defaultMaxDecompressedBytes),
      onFinding: z.optional(callback<OnFinding>()),
      observer: z.optional(ruled<Observer>(observerProblem)),
      logger: z.optional(ruled<Logger>(loggerProblem)),
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
 * Lookups accept every name that a key can hold, also names that a writer of these packages refuses. What they return is
 * frozen: copy it to change it.
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
  readonly #lookup: VersionLookup;
  readonly #files: VersionFiles;
  readonly #onFinding: OnFinding | undefined;
  readonly #observer: Observer | undefined;

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MetaReaderOptions = {}) {
    const {
      cache,
      ttlMs,
      negativeTtlMs,
      maxDecompressedBytes: maxBytes,
      onFinding,
      observer,
      logger = silentLogger,
    } = parseOptions(optionsSchema, options, "MetaReader");
    this.#storage = storage;
    this.#onFinding = onFinding;
    this.#observer = observer;
    this.#lookup = createVersionLookup({
      storage,
      onUnknownKey: (key) => {
        const finding = this.#unknownKey(key);
        if (onFinding === undefined) logger.warn(finding.message);
        else onFinding(finding);
      },
      remember: cache && { ttlMs, negativeTtlMs },
    });
    this.#files = createVersionFiles({ storage, cache, maxBytes, logger });
  }

  /**
   * The newest version of one type that is not after `timestamp` (Unix seconds), or `undefined` where there is none.
   * With a category, that category's; without, only the cluster's own.
   *
   * Without a cache, it sees every version that was written before the call; with one, see `ttlMs`.
   *
   * @throws `invalid-argument`; `invalid-format`, `key-mismatch` or `too-large` where that version cannot be used (an
   *   older one is never given in its place); the storage's errors; the signal's reason.
   */
  readByType(
    clusterId: string,
    type: MetadataType,
    timestamp: number,
    options: LookupOptions = {},
  ): Promise<StoredMetadata | undefined> {
    return this.#observed(() => this.#readByType(clusterId, type, timestamp, options));
  }

  async #readByType(
    clusterId: string,
    type: MetadataType,
    timestamp: number,
    { category, signal }: LookupOptions,
  ): Promise<StoredMetadata | undefined> {
    signal?.throwIfAborted();
    checkTimestamp(timestamp);
    const prefix = metadataKeyPrefix({ clusterId, type, category });
    const { version } = this.#lookup.known(prefix, timestamp) ?? (await this.#lookup.find(prefix, timestamp, signal));
    return version && (this.#files.held(version) ?? this.#files.read(version, signal));
  }

  /**
   * The newest version of any type that is not after `timestamp`, the legacy layout included (which knows no category).
   * Of several of the same second: `logic` before `sharedpool` before legacy.
   *
   * @throws as `readByType`.
   */
  read(clusterId: string, timestamp: number, options: LookupOptions = {}): Promise<StoredMetadata | undefined> {
    return this.#observed(() => this.#read(clusterId, timestamp, options));
  }

  async #read(
    clusterId: string,
    timestamp: number,
    { category, signal }: LookupOptions,
  ): Promise<StoredMetadata | undefined> {
    signal?.throwIfAborted();
    checkTimestamp(timestamp);
    const prefixes = [
      metadataKeyPrefix({ clusterId, type: "logic", category }),
      metadataKeyPrefix({ clusterId, type: "sharedpool", category }),
    ];
    if (category === undefined) prefixes.push(metadataKeyPrefix({ clusterId }));
    const found = await Promise.all(
      prefixes.map(
        async (prefix) => this.#lookup.known(prefix, timestamp) ?? this.#lookup.find(prefix, timestamp, signal),
      ),
    );
    let newest: StoredVersion | undefined;
    for (const { version } of found) {
      if (version !== undefined && (newest === undefined || version.modifyTs > newest.modifyTs)) newest = version;
    }
    return newest && (this.#files.held(newest) ?? this.#files.read(newest, signal));
  }

  #observed(read: () => Promise<StoredMetadata | undefined>): Promise<StoredMetadata | undefined> {
    return observe(this.#observer, { name: "read_metadata", storage: this.#storage.name }, read, () => ({}));
  }

  /** The version that is stored under a key now, never from a cache. Throws `not-found`, and as `readByType`. */
  async readFile(key: string, { signal }: CallOptions = {}): Promise<StoredMetadata> {
    signal?.throwIfAborted();
    return this.#files.readNow(key, signal);
  }

  /**
   * Versions, in the order of their keys.
   *
   * @throws `unknown-key` for an object that is no metadata file, unless the reader has `onFinding`; the storage's
   *   errors; the signal's reason.
   */
  async *list(
    { type, category, clusterId }: MetadataFilter = {},
    { signal }: CallOptions = {},
  ): AsyncGenerator<MetadataFile, void, undefined> {
    const prefix = type === undefined ? "metering/meta/" : `metering/meta/${type}/`;
    let unknown: string[] = [];
    const onInvalidKey = (name: string): void => void unknown.push(name);
    const reportUnknown = (): void => {
      for (const name of unknown) this.#report(name);
      unknown = [];
    };
    for await (const { key } of this.#storage.list(prefix, { keysOnly: true, onInvalidKey, signal })) {
      const id = parseMetadataKey(key);
      if (id === undefined) unknown.push(key);
      reportUnknown();
      if (
        id !== undefined &&
        (type === undefined || id.type === type) &&
        (category === undefined || id.category === category) &&
        (clusterId === undefined || id.clusterId === clusterId)
      ) {
        yield { key, ...id };
      }
    }
    reportUnknown();
  }

  #report(key: string): void {
    const finding = this.#unknownKey(key);
    if (this.#onFinding === undefined) throw finding;
    this.#onFinding(finding);
  }

  #unknownKey(key: string): MeteringError {
    const { name: storage } = this.#storage;
    return new MeteringError(
      "unknown-key",
      `${JSON.stringify(key)} in ${storage} is not the key of a metadata file. Find out who stored it. To read on without it, pass onFinding.`,
      { key, storage },
    );
  }
}

function checkTimestamp(timestamp: number): void {
  // The schema makes the message; asking it every time would take longer than a lookup.
  if (!Number.isSafeInteger(timestamp) || timestamp <= 0)
    parseOptions(ruled<number>(secondsProblem), timestamp, "a lookup's timestamp");
}
