import { isMeteringError, type MeteringError, type MeteringErrorCode } from "@metering/core";

/**
 * What to do about one file that cannot be used while the others can: its error is handed over, with code and key, and
 * reading goes on without it. Left out, reading stops with that error. Failures of the storage itself always stop it.
 */
export type OnDamaged = (error: MeteringError) => void;

const aboutOneFile: ReadonlySet<MeteringErrorCode> = new Set([
  "invalid-format",
  "key-mismatch",
  "too-large",
  "not-found",
  "permission-denied",
  "incomplete-record",
  "duplicate-record",
]);

/** Hands an error about one file to `onDamaged`; throws any other, and all of them where there is no `onDamaged`. */
export function report(error: unknown, onDamaged: OnDamaged | undefined): void {
  if (onDamaged === undefined || !isMeteringError(error) || !aboutOneFile.has(error.code)) throw error;
  onDamaged(error);
}
