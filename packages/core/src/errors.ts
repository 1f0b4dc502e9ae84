/**
 * What went wrong, from a closed list. Handle errors by their code, never by their message.
 *
 * - `invalid-argument`: an option or argument breaks its rule. Nothing was sent or stored.
 * - `invalid-record`: a record, element or metadata breaks its rule. It was not stored.
 * - `invalid-key`: a key or prefix that no store may hold (see `storageKeyProblem`).
 * - `invalid-amount`: a stored amount cannot be summed: it is no integer from 0 to 2^64−1, or has no unit.
 * - `unknown-key`: an object under `metering/` is neither a metering page nor a metadata file.
 * - `invalid-format`: a stored file is not gzip, not JSON, or has the wrong shape.
 * - `truncated-file`: a stored file ends early: it is being written, or its writer was interrupted.
 * - `key-mismatch`: a stored file's body contradicts its key.
 * - `incomplete-record`: a page that the record's part 0 names is missing or has other content, or part 0 is missing.
 * - `period-open`: a period that is to be closed may still get records, or one that is to be read is not closed yet.
 * - `duplicate-record`: the same component's minute is stored in more than one pool or layout.
 * - `not-found`: there is no such object.
 * - `bucket-not-found`: the bucket, or the base folder of the storage, does not exist.
 * - `already-exists`: an object exists under the key and was left as it was.
 * - `conflict`: another request changed the same object at the same moment.
 * - `too-large`: an object or element is larger than the limit given.
 * - `permission-denied`: the credentials are known but may not do this, or the file system refuses.
 * - `unauthenticated`: the credentials are missing, wrong or expired.
 * - `out-of-space`: the disk or quota is full.
 * - `throttled`: the store asks for fewer requests.
 * - `unavailable`: the store could not be reached or failed on its side.
 * - `timeout`: no answer in the time allowed.
 * - `not-supported`: the store cannot do this.
 * - `missing-dependency`: a package that the call needs is not installed, or cannot be loaded here.
 * - `closed`: the storage was closed before the call.
 * - `storage-failure`: the store failed in a way that no other code describes. See `cause`.
 */
export type MeteringErrorCode = keyof typeof errorCodes;

// Whether the same call can succeed later without any change.
const errorCodes = {
  "invalid-argument": { retryable: false },
  "invalid-record": { retryable: false },
  "invalid-key": { retryable: false },
  "invalid-amount": { retryable: false },
  "unknown-key": { retryable: false },
  "invalid-format": { retryable: false },
  "truncated-file": { retryable: true },
  "key-mismatch": { retryable: false },
  "incomplete-record": { retryable: true },
  "duplicate-record": { retryable: false },
  "period-open": { retryable: true },
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
  "missing-dependency": { retryable: false },
  closed: { retryable: false },
  "storage-failure": { retryable: false },
} as const satisfies Record<string, { readonly retryable: boolean }>;

const brand = Symbol.for("@metering/error");

/**
 * Whether a rejected write stored its record.
 *
 * - `no`: this write did not store it.
 * - `maybe`: it may be stored, because the store's answer to the deciding request was lost, or because what is stored
 *   under the key may be this record from an earlier attempt. Write it again with `ifExists: "verify"` to find out.
 */
export type Stored = "no" | "maybe";

/** Where an error happened and what caused it. */
export interface MeteringErrorContext {
  /** Key of the object concerned, relative to the storage's prefix. */
  readonly key?: string | undefined;
  /** Name of the storage concerned, as {@link ObjectStorage.name}. */
  readonly storage?: string | undefined;
  /** The underlying error. Adapters pass one without credentials. */
  readonly cause?: unknown;
  /** Of a rejected write: whether its record may be stored. */
  readonly stored?: Stored | undefined;
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
  /** Whether the same call can succeed later without any change. */
  readonly retryable: boolean;
  /** Of an error of `MeteringWriter.write`: whether its record may be stored. `undefined` for all other errors. */
  readonly stored: Stored | undefined;

  constructor(code: MeteringErrorCode, message: string, context: MeteringErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = "MeteringError";
    this.code = code;
    this.key = context.key;
    this.storage = context.storage;
    this.retryable = errorCodes[code].retryable;
    this.stored = context.stored;
    Object.defineProperty(this, brand, { value: true });
  }

  /** What a structured log should hold: no stack, no cause. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, key, storage, retryable, stored } = this;
    return { name, code, message, key, storage, retryable, stored };
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
