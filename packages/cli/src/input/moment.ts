import { parseDuration } from "./duration.ts";
import { UsageError } from "../usage-error.ts";

/** A span of time in UTC, in Unix seconds. */
export interface Span {
  readonly from: number;
  /** Not part of it. */
  readonly to: number;
}

const forms = "such as 2025-08, 2025-08-22, 2025-08-22T08:00, today, yesterday, now, -90m, -24h, -7d or Unix seconds";
const secondsPerDay = 86_400;
const calendar = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2})(?::(\d{2})(?::(\d{2}))?)?Z?)?)?)?$/;

/**
 * A time as people write it: the first second of what is named, in UTC.
 *
 * @throws UsageError naming the forms there are.
 */
export function parseMoment(text: string, now: number): number {
  if (text.startsWith("-")) return now - parseDuration(text.slice(1));
  if (text === "now") return now;
  if (/^\d{9,10}$/.test(text)) return Number(text);
  return parseSpan(text, now).from;
}

/**
 * A year, month, day, hour or minute by its name, in UTC, such as `2025-08`.
 *
 * @throws UsageError naming the forms there are.
 */
export function parseSpan(text: string, now: number): Span {
  const today = now - (now % secondsPerDay);
  if (text === "today") return { from: today, to: today + secondsPerDay };
  if (text === "yesterday") return { from: today - secondsPerDay, to: today };
  const match = calendar.exec(text);
  if (match === null) throw new UsageError(`${JSON.stringify(text)} is no time. Give one in UTC, ${forms}.`);
  const given = match
    .slice(1)
    .filter((part) => part !== undefined)
    .map(Number);
  const start = utcSeconds(given);
  // The calendar rolls the 31st of April over to the 1st of May.
  const canonical = new Date(start * 1000).toISOString();
  if (!canonical.startsWith(text.replace(" ", "T").replace(/Z$/, ""))) {
    throw new UsageError(`${JSON.stringify(text)} is not in the calendar.`);
  }
  const last = given.length - 1;
  return { from: start, to: utcSeconds(given.map((part, index) => (index === last ? part + 1 : part))) };
}

function utcSeconds([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[]): number {
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}
