/** What a store knows about an object without reading it. */
export interface ObjectInfo {
  /** Relative to the storage's prefix: what `list` yields, `get` takes. */
  readonly key: string;
  /** Size of the stored body in bytes. */
  readonly size: number;
  /** Opaque version of the body, where the store has one. */
  readonly etag?: string | undefined;
  readonly lastModified: Date;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface PutOptions extends CallOptions {
  /** Store only if nothing is there; otherwise reject with `already-exists`. Default: replace what is there. */
  readonly ifAbsent?: boolean | undefined;
}

export interface GetOptions extends CallOptions {
  /** Reject with `too-large`, before holding it in memory, if the object has more bytes. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

export interface ListOptions extends CallOptions {
  /** Yield only keys that come after this text in the order of the listing; it need not be a key that exists. */
  readonly startAfter?: string | undefined;
  /** Only the keys are needed: a store may leave out everything else that costs extra. Default: false. */
  readonly keysOnly?: boolean | undefined;
  /**
   * Called with the name of every stored object under the list prefix that is no valid key: empty segments, `..`,
   * control characters, folder markers, links. The name is relative to the storage's prefix. Default: nobody is told.
   */
  readonly onInvalidKey?: ((name: string) => void) | undefined;
}

/** One object of a listing. */
export interface ListedObject {
  /** Relative to the storage's prefix: `get` takes it. */
  readonly key: string;
  /** Size of the stored body in bytes. Always there unless `keysOnly` was set. */
  readonly size?: number | undefined;
  /** Opaque version of the body, where the store has one. */
  readonly etag?: string | undefined;
  /** Always there unless `keysOnly` was set. */
  readonly lastModified?: Date | undefined;
}

/** What was stored. */
export interface PutResult {
  readonly etag?: string | undefined;
}

/**
 * The contract between these packages and a place that keeps objects: five verbs over keys and bytes.
 *
 * - Keys are relative to the storage's prefix, in and out, and obey the rules of {@link storageKeyProblem}; a key that breaks
 *   one is refused with `invalid-key` before anything else happens.
 * - Bodies are bounded (a compressed page), so they are bytes, not streams. A body handed over is not changed, and
 *   one returned is the caller's own.
 * - Every call may be made at any time, any number at once. After `close` every call rejects with `closed`.
 * - Failures are {@link MeteringError}s; an aborted call rejects with its signal's reason.
 *
 * Prove an implementation with the suite of `@metering/storage-contract`.
 */
export interface ObjectStorage extends AsyncDisposable {
  /** For messages, such as `s3://bucket/prefix`; without credentials. */
  readonly name: string;

  /**
   * Tells this place from every other one: kind, endpoint, region, bucket or real folder, prefix; without credentials.
   * Caches key what they hold by it. Storages with the same `id` hold the same objects.
   */
  readonly id: string;

  /**
   * Stores `body` under `key`, whole or not at all: whatever crashes, a reader sees the old object, the new one, or
   * none, never a part.
   *
   * With `ifAbsent`, exactly one of any number of concurrent writers succeeds, also across processes, and the others
   * reject with `already-exists`. An implementation that retries by itself must not report its own first attempt,
   * whose answer was lost, as `already-exists`.
   */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<PutResult>;

  /** The whole object, or `not-found`. A body that arrives shorter than it was stored is an error, not a result. */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;

  /** What is known of the object, or `undefined` where there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined>;

  /** Removes the object; succeeds also where there is none. */
  delete(key: string, options?: CallOptions): Promise<void>;

  /**
   * Every object whose key starts with `prefix`, in ascending order of the key's UTF-8 bytes.
   *
   * Lazy: it asks the store for a page only when the consumer gets there, and asks nothing before the first `next()`.
   * The prefix is a plain string, not a folder: `a/b` matches `a/bc`; `""` matches everything. Objects whose stored
   * name is no valid key (such as folder markers) are not yielded; `onInvalidKey` is told of them.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;

  /** Lets go of connections and handles. Idempotent. `await using` does it by itself. */
  close(): Promise<void>;
}
