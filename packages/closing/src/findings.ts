import { isMeteringError, type MeteringError } from "@metering/core";
import type { OnFinding } from "@metering/reader";

/** What may be left out of a closing. */
export interface FindingRules {
  readonly incomplete: "fail" | "skip";
  readonly onFinding: OnFinding | undefined;
}

/** Collects what is left out of a closing. */
export interface Findings {
  /** How many there were. */
  readonly count: number;
  /** Throws what may not be left out. */
  readonly report: (finding: MeteringError) => void;
}

export function createFindings({ incomplete, onFinding }: FindingRules): Findings {
  let count = 0;
  return {
    get count() {
      return count;
    },
    report(finding) {
      const mayBeSkipped = incomplete === "skip" && isIncomplete(finding);
      if (onFinding === undefined && !mayBeSkipped) throw finding;
      count++;
      onFinding?.(finding);
    },
  };
}

/** Whether a record may become complete, and is late then. */
function isIncomplete(finding: MeteringError): boolean {
  return isMeteringError(finding, "incomplete-record") || isMeteringError(finding, "truncated-file");
}
