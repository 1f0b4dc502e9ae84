/**
 * What went wrong, from a closed list. Handle errors by their code, never by their message.
 *
 * - `invalid-argument`: an option or argument breaks its rule; nothing was sent or stored.
 * - `invalid-record`: a record, element or metadata breaks its rule; nothing of it was stored.
 * - `invalid-key`: a key or prefix that no store may hold (see {@link storageKeyProblem}).
 * - `invalid-format`: a stored file is not what its key promises: not gzip, not JSON, the wrong shape, too large.
 * - `key-mismatch`: a stored file's body contradicts its key.
 * - `incomplete-record`: a record has no part 0, or a gap between its parts.
 * - `duplicate-record`: the same component's minute stands in more than one pool or layout.
 * - `not-found`: there is no such object.
 * - `bucket-not-found`: the bucket, or the folder the storage stands on, does not exist.
 * - `already-exists`: an object stands there already and was left as it was.
 * - `conflict`: another request changed the same object at the same moment.
 * - `too-large`: an object or element is larger than the limit given.
 * - `permission-denied`: the credentials are known but may not do this, or the file system refuses.
 * - `unauthenticated`: the credentials are missing, wrong or expired.
 * - `out-of-space`: the disk or quota is full.
 * - `throttled`: the store asks for fewer requests.
 * - `unavailable`: the store could not be reached or failed on its side.
 * - `timeout`: no answer in the time allowed.
 * - `not-supported`: the store cannot do this.
 * - `closed`: the storage was closed before the call.
 * - `storage-failure`: the store answered something that none of the others describes; see `cause`.
 */
export type MeteringErrorCode = keyof typeof errorCodes;

// Whether the same call can succeed later without anything being changed.
const errorCodes = {
  "invalid-argument": { retryable: false },
  "invalid-record": { retryable: false },
  "invalid-key": { retryable: false },
  "invalid-format": { retryable: false },
  "key-mismatch": { retryable: false },
  "incomplete-record": { retryable: true },
  "duplicate-record": { retryable: false },
  "not-found": { retryable: false },
  "bucket-not-found": { retryable: false },
  "already-exists": { retryable: false },
  conflict: { retryable: true },
  "too-large": { retryable: false },
  "permission-denied": { retryable: false },
  unauthenticated: { retryable: false },
  "out-of-space": { retryable: false },
  throttled: { retryable: true },
  unavailable: { retryable: true },
  timeout: { retryable: true },
  "not-supported": { retryable: false },
  closed: { retryable: false },
  "storage-failure": { retryable: false },
} as const satisfies Record<string, { readonly retryable: boolean }>;

const brand = Symbol.for("@metering/error");

/** Where an error happened and what caused it. */
export interface MeteringErrorContext {
  /** Key of the object concerned, relative to the storage's prefix. */
  readonly key?: string | undefined;
  /** Name of the storage concerned, as {@link ObjectStorage.name}. */
  readonly storage?: string | undefined;
  /** The error underneath. Adapters pass one that holds no credentials. */
  readonly cause?: unknown;
}

/**
 * The one error class of these packages. The message says what happened and what to do next.
 *
 * @example
 * ```ts
 * try {
 *   await writer.write(record);
 * } catch (error) {
 *   if (isMeteringError(error, "already-exists")) return;
 *   throw error;
 * }
 * ```
 */
export class MeteringError extends Error {
  readonly code: MeteringErrorCode;
  readonly key: string | undefined;
  readonly storage: string | undefined;
  /** Whether the same call can succeed later without anything being changed. */
  readonly retryable: boolean;

  constructor(code: MeteringErrorCode, message: string, context: MeteringErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "MeteringError";
    this.code = code;
    this.key = context.key;
    this.storage = context.storage;
    this.retryable = errorCodes[code].retryable;
    Object.defineProperty(this, brand, { value: true });
  }

  /** What a structured log should hold of it: no stack, no cause. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, key, storage, retryable } = this;
    return { name, code, message, key, storage, retryable };
  }
}

/**
 * Whether `error` is a {@link MeteringError}, of the given code if one is given.
 * Holds across copies of this package (an app may load an ESM and a CJS one), where `instanceof` does not.
 */
export function isMeteringError<Code extends MeteringErrorCode = MeteringErrorCode>(
  error: unknown,
  code?: Code,
): error is MeteringError & { readonly code: Code } {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return code === undefined || ("code" in error && error.code === code);
}
