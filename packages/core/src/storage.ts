import type { MeteringError } from "./errors.ts";

/** What a store knows about an object without reading it. */
export interface ObjectInfo {
  /** Relative to the storage's prefix. `get` takes what `list` yields. */
  readonly key: string;
  /** Size of the stored body in bytes. */
  readonly size: number;
  /** Opaque version of the body, where the store has one. */
  readonly etag?: string | undefined;
  readonly lastModified: Date;
}

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told why another attempt follows, by storages and layers that repeat what failed. Others may ignore it. */
  readonly onRetry?: ((error: MeteringError) => void) | undefined;
}

export interface PutOptions extends CallOptions {
  /** Store only if no object exists under the key; otherwise reject with `already-exists`. Default: replace it. */
  readonly ifAbsent?: boolean | undefined;
}

export interface GetOptions extends CallOptions {
  /** Reject with `too-large` if the object has more bytes, without loading it. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

export interface ListOptions extends CallOptions {
  /** Yield only keys after this text in the order of the listing. It need not be an existing key. */
  readonly startAfter?: string | undefined;
  /** Only the keys are needed: a store may leave out everything else that costs extra. Default: false. */
  readonly keysOnly?: boolean | undefined;
  /**
   * Called with the name of every stored object under the list prefix that is not a valid key: empty segments, `..`,
   * control characters, folder markers, links. The name is relative to the storage's prefix.
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
 * The contract between these packages and an object store: five verbs over keys and bytes.
 *
 * - Keys are relative to the storage's prefix, in and out, and obey the rules of `storageKeyProblem`; a key that breaks
 *   one is refused with `invalid-key` before anything else happens.
 * - Bodies are bounded (a compressed page), so they are bytes, not streams. `put` does not change its body, and the bytes
 *   that `get` returns belong to the caller.
 * - Calls may be made at any time, any number at once. What one handle stored, replaced or removed, every other handle
 *   sees at once.
 * - After `close` every call rejects with `closed`. Calls under way end: they finish, or reject with `closed`. A listing
 *   under way may yield what it has received, then it rejects with `closed`; it never ends as if it were complete.
 * - Failures are {@link MeteringError}s. An aborted call rejects with its signal's reason.
 *
 * Prove an implementation with the suite of `@metering/storage-contract`.
 */
export interface ObjectStorage extends AsyncDisposable {
  /** For messages, such as `s3://bucket/prefix`. Without credentials. */
  readonly name: string;

  /**
   * Identifies the place: kind, endpoint, region, bucket or real folder, and prefix, without credentials. Storages with
   * the same `id` hold the same objects, so caches use it in their keys.
   */
  readonly id: string;

  /**
   * Stores `body` under `key`, all or nothing: whatever crashes, a reader sees the old object, the new one, or none,
   * never a part.
   *
   * With `ifAbsent`, exactly one of any number of concurrent writers succeeds, also across processes, and the others
   * reject with `already-exists`. An implementation that retries must not report its own earlier attempt, whose answer
   * was lost, as `already-exists`.
   *
   * Do not change `body` until the promise settles. After that it is the caller's again, also where the call was aborted
   * or failed: bytes written into it later never reach the store.
   */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<PutResult>;

  /** The whole object. Rejects with `not-found`, and with an error if the body arrives incomplete. */
  get(key: string, options?: GetOptions): Promise<Uint8Array>;

  /** What the store knows about the object, or `undefined` if there is none. */
  head(key: string, options?: CallOptions): Promise<ObjectInfo | undefined>;

  /** Removes the object. Succeeds also if there is none. */
  delete(key: string, options?: CallOptions): Promise<void>;

  /**
   * Every object whose key starts with `prefix`, in ascending order of the key's UTF-8 bytes.
   *
   * Lazy: it requests a page only when the consumer gets there, and nothing before the first `next()`. The prefix is a
   * plain string, not a folder: `a/b` matches `a/bc`, and `""` matches everything. Objects whose stored name is not a
   * valid key (such as folder markers) are not yielded; `onInvalidKey` is told of them.
   */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>;

  /** Closes connections and handles. Idempotent. `await using` calls it. */
  close(): Promise<void>;
}
