import type { MeteringErrorCode } from "@metering/core";

/**
 * - `error`: an invoice over it is wrong, and stays so until somebody does something.
 * - `warning`: a record that is not counted now, and that its writer may still complete.
 * - `notice`: nobody counts it.
 */
export type Severity = "error" | "warning" | "notice";

export type Problem =
  | "damaged"
  | "unreadable"
  | "incomplete"
  | "contradiction"
  | "duplicate"
  | "uncountable"
  | "unknown-name"
  | "damaged-metadata"
  | "leftover";

/** Something in the bucket that a person should know. */
export interface Finding {
  readonly severity: Severity;
  readonly problem: Problem;
  /** What a reader reports for it, if it does. */
  readonly code?: MeteringErrorCode | undefined;
  readonly key: string;
  /** What is wrong with the key, and what to do. */
  readonly message: string;
}

export const secondsPerDay = 86_400;

/** What is not complete may become so while writers retry: for a day. */
export function severityOfIncomplete(timestamp: number, now: number): Severity {
  return now - timestamp < secondsPerDay ? "warning" : "error";
}
