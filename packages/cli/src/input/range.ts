import type { CliContext } from "../cli-context.ts";
import { UsageError } from "../usage-error.ts";
import { parseMoment, parseSpan, type Span } from "./moment.ts";

/** Flags that say which minutes a command is about. */
export interface RangeFlags {
  readonly in?: Span | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A flag that takes a time. */
export const momentFlag = {
  kind: "parsed",
  parse(this: CliContext, text: string): number {
    return parseMoment(text, this.now);
  },
  optional: true,
  placeholder: "time",
} as const;

export const rangeFlags = {
  in: {
    kind: "parsed",
    parse(this: CliContext, text: string): Span {
      return parseSpan(text, this.now);
    },
    optional: true,
    placeholder: "period",
    brief: "A month, day, hour or minute in UTC: 2025-08, 2025-08-22, 2025-08-22T08, today, yesterday",
  },
  from: { ...momentFlag, brief: "First minute, in UTC: 2025-08-22T08:00, yesterday, -24h, Unix seconds" },
  to: { ...momentFlag, brief: "First minute that is not part of it. Default: now" },
} as const;

/**
 * The whole minutes that the flags name: `from` rounded down, `to` rounded up.
 *
 * @throws UsageError where they name none.
 */
export function rangeOf(flags: RangeFlags, now: number): Span {
  if (flags.in !== undefined) {
    if (flags.from !== undefined || flags.to !== undefined) throw new UsageError("Give --in, or --from and --to.");
    return flags.in;
  }
  if (flags.from === undefined) {
    throw new UsageError("Say which time: --in 2025-08-22, or --from 2025-08-22T08:00 --to 2025-08-22T09:00 (UTC).");
  }
  const from = flags.from - (flags.from % 60);
  const to = Math.ceil((flags.to ?? now) / 60) * 60;
  if (to <= from) throw new UsageError("--to must be after --from.");
  return { from, to };
}
