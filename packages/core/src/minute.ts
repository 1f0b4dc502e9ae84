import { MeteringError } from "./errors.ts";

/**
 * The minute that a moment lies in, as Unix seconds: what a record's `timestamp` takes.
 *
 * @throws `invalid-argument` for an invalid date or one before 1970-01-01T00:01Z.
 *
 * @example
 * ```ts
 * toMinute(new Date("2025-08-22T08:13:42Z")); // 1755850380
 * ```
 */
export function toMinute(moment: Date): number {
  const minute = Math.floor(moment.getTime() / 60_000) * 60;
  if (minute > 0) return minute;
  throw new MeteringError(
    "invalid-argument",
    `toMinute: ${String(moment)} is no date of the Unix era after its first minute.`,
  );
}
