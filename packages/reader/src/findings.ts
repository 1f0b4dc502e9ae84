import {
  isMeteringError,
  MeteringError,
  type Logger,
  type MeteringErrorCode,
  type ObjectStorage,
} from "@metering/core";
import type { Observer } from "@metering/storage-kit";

/**
 * Told of everything that is left out, with code, key and reason: a file that cannot be used, an incomplete record, a
 * duplicate, a key that is no metering page's. Reading goes on without it. Without this function, reading stops at the
 * first finding. Failures of the storage itself always stop it.
 */
export type OnFinding = (finding: MeteringError) => void;

/** Collects the findings of one read. */
export interface Findings {
  /** How many there were. */
  readonly count: number;
  /** Hands a finding over. Throws it if nobody is told of findings, and every other error in any case. */
  report(error: unknown): void;
  /** Hands over something that the caller chose to leave out. Never throws it. */
  skip(finding: MeteringError): void;
}

const findingCodes: ReadonlySet<MeteringErrorCode> = new Set([
  "invalid-format",
  "truncated-file",
  "key-mismatch",
  "too-large",
  "not-found",
  "permission-denied",
  "incomplete-record",
  "duplicate-record",
  "unknown-key",
]);

/** Whether an error is about one file or record, and not about the storage. */
export function isFinding(error: unknown): error is MeteringError {
  return isMeteringError(error) && findingCodes.has(error.code);
}

/** Who is told of what is left out. */
export interface FindingsContext {
  readonly storage: ObjectStorage;
  readonly logger: Logger;
  readonly observer: Observer | undefined;
}

export function createFindings(
  onFinding: OnFinding | undefined,
  { storage, logger, observer }: FindingsContext,
): Findings {
  let count = 0;
  const skip = (finding: MeteringError): void => {
    count++;
    logger.warn(`Left out: ${finding.message}`);
    observer?.finding(storage.name, finding);
    onFinding?.(finding);
  };
  return {
    get count() {
      return count;
    },
    report(error) {
      if (onFinding === undefined || !isFinding(error)) throw error;
      skip(error);
    },
    skip,
  };
}

/** The finding for an object under `metering/` that is neither a metering page nor a metadata file. */
export function unknownKey(key: string, storage: string): MeteringError {
  return new MeteringError(
    "unknown-key",
    `${JSON.stringify(key)} in ${storage} is not the key of a metering page, so its content is not counted. Find out who stored it. To read on without it, pass onFinding.`,
    { key, storage },
  );
}
