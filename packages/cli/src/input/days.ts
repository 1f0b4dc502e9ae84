import { UsageError } from "../usage-error.ts";
import type { Span } from "./moment.ts";
import { rangeOf, type RangeFlags } from "./range.ts";

const secondsPerDay = 86_400;

/**
 * The whole UTC days that the flags name, as periods are made of days.
 *
 * @throws UsageError where they name none, or parts of days.
 */
export function daysOf(flags: RangeFlags, now: number): Span {
  const span = rangeOf(flags, now);
  if (span.from % secondsPerDay === 0 && span.to % secondsPerDay === 0) return span;
  throw new UsageError(
    "A period is made of whole UTC days: --in 2025-08-22, --in 2025-08, or --from 2025-08-01 --to 2025-09-01.",
  );
}
