import { MeteringError, minuteProblem } from "@metering/core";
import { ruled, ruledString } from "@metering/schema";
import * as z from "zod/mini";

/**
 * What is closed: one UTC day, or the whole UTC days from `from` to `to`. Periods are made of days so that no two can
 * overlap, and so that many processes can close a month side by side.
 */
export type Period =
  | {
      /** A UTC day, such as `2025-08-22`. */
      readonly day: string;
    }
  | {
      /** Start of the first day: Unix seconds, a multiple of 86,400. */
      readonly from: number;
      /** End of the last day, which is the start of the next one: Unix seconds, a multiple of 86,400. */
      readonly to: number;
    };

/** One UTC day. */
export interface Day {
  /** Such as `2025-08-22`. */
  readonly day: string;
  /** Its first minute, in Unix seconds. */
  readonly from: number;
  /** The first minute after it. */
  readonly to: number;
}

const secondsPerDay = 86_400;

/** The rule that a day breaks, or `undefined`. */
export function dayProblem(day: string): string | undefined {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) / 1000 : NaN;
  // Some engines take a 31st of April for the 1st of May.
  const isDay = start > 0 && toDay(start).day === day;
  return isDay ? undefined : "must be a UTC day, such as 2025-08-22";
}

/** The day that begins at this moment. */
function toDay(from: number): Day {
  return { day: new Date(from * 1000).toISOString().slice(0, 10), from, to: from + secondsPerDay };
}

function dayStartProblem(seconds: unknown): string | undefined {
  const problem = minuteProblem(seconds);
  if (problem !== undefined) return problem;
  return typeof seconds === "number" && seconds % secondsPerDay === 0
    ? undefined
    : "must be the start of a UTC day in Unix seconds: a multiple of 86400";
}

/** The fields of a {@link Period}, for the schemas of options. */
export const periodFields = /* @__PURE__ */ (() => ({
  day: z.optional(ruledString(dayProblem)),
  from: z.optional(ruled<number>(dayStartProblem)),
  to: z.optional(ruled<number>(dayStartProblem)),
}))();

/** A {@link Period} as its fields. */
export interface PeriodFields {
  readonly day?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * Its days, in order: one or more.
 *
 * @throws `invalid-argument` if the fields are no period.
 */
export function daysOf({ day, from, to }: PeriodFields): readonly [Day, ...Day[]] {
  const start = day === undefined ? from : Date.parse(`${day}T00:00:00Z`) / 1000;
  const end = day === undefined ? to : (start ?? 0) + secondsPerDay;
  const isOne = day === undefined || (from === undefined && to === undefined);
  const [first, ...others] = isOne && start !== undefined && end !== undefined ? daysBetween(start, end) : [];
  if (first !== undefined) return [first, ...others];
  throw new MeteringError(
    "invalid-argument",
    "A period is a UTC day (day), or whole UTC days (from, and to after it). Give one of the two.",
  );
}

function daysBetween(from: number, to: number): readonly Day[] {
  const days: Day[] = [];
  for (let start = from; start < to; start += secondsPerDay) days.push(toDay(start));
  return days;
}
