import { MeteringError } from "./errors.ts";

/** The last second of the year 9999. Larger numbers are milliseconds by mistake. */
const lastSecond = 253_402_300_799;

/** Whether `value` is a minute in Unix seconds: a positive multiple of 60, up to the year 9999. */
export function isMinute(value: number): boolean {
  return isUnixSeconds(value) && value % 60 === 0;
}

/** Whether `value` is positive whole Unix seconds, up to the year 9999. */
export function isUnixSeconds(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && value <= lastSecond;
}

/** The rule that the `timestamp` of a record breaks, with the likely mistake, or `undefined`. */
export function minuteProblem(value: unknown): string | undefined {
  return typeof value === "number" && isMinute(value) ? undefined : timeRule(value, "toMinute");
}

/** The rule that a `modifyTs`, or the time of a lookup, breaks, or `undefined`. */
export function secondsProblem(value: unknown): string | undefined {
  return typeof value === "number" && isUnixSeconds(value) ? undefined : timeRule(value, "toSeconds");
}

function timeRule(value: unknown, helper: "toMinute" | "toSeconds"): string {
  const what =
    helper === "toMinute" ? "a minute in Unix seconds: positive and a multiple of 60" : "positive whole Unix seconds";
  if (value instanceof Date) return `must be ${what}, not a Date: use ${helper}(date)`;
  if (typeof value === "number" && value > lastSecond) {
    return `must be ${what}, up to the year 9999. It looks like milliseconds: use ${helper}(date)`;
  }
  return `must be ${what} (see ${helper})`;
}

/**
 * The minute of a moment in Unix seconds: what a record's `timestamp` takes.
 *
 * @throws `invalid-argument` for an invalid date, or one before 1970-01-01T00:01Z or after the year 9999.
 *
 * @example
 * ```ts
 * toMinute(new Date("2025-08-22T08:13:42Z")); // 1755850380
 * ```
 */
export function toMinute(moment: Date): number {
  const minute = Math.floor(moment.getTime() / 60_000) * 60;
  return isMinute(minute) ? minute : refuse("toMinute", moment);
}

/**
 * A moment in whole Unix seconds: what `modifyTs` and lookups take.
 *
 * @throws `invalid-argument` for an invalid date, or one before 1970-01-01T00:00:01Z or after the year 9999.
 *
 * @example
 * ```ts
 * toSeconds(new Date("2025-08-22T08:13:42Z")); // 1755850422
 * ```
 */
export function toSeconds(moment: Date): number {
  const seconds = Math.floor(moment.getTime() / 1000);
  return isUnixSeconds(seconds) ? seconds : refuse("toSeconds", moment);
}

function refuse(helper: string, moment: Date): never {
  throw new MeteringError(
    "invalid-argument",
    `${helper}: ${String(moment)} is not a date between 1970 and 9999. Pass a valid Date.`,
  );
}
