import { MeteringError, secondsProblem } from "@metering/core";
import { callback, integer } from "@metering/schema";
import * as z from "zod/mini";

/** When a minute is over for good. */
export interface GraceOptions {
  /** Seconds after the end of a minute within which its record may still come. Default: 3,600. */
  readonly grace?: number | undefined;
  /** The clock: Unix seconds. For replays and tests. Default: that of the machine. */
  readonly now?: (() => number) | undefined;
}

/** The fields of {@link GraceOptions}, for the schemas of options. */
export const graceFields = /* @__PURE__ */ (() => ({
  grace: z._default(integer(0, undefined, "seconds"), 3600),
  now: z.optional(callback<() => number>()),
}))();

/** {@link GraceOptions} once they are parsed. */
export interface Grace {
  readonly grace: number;
  readonly now?: (() => number) | undefined;
}

/** That of the machine: Unix seconds. */
export const clock = (): number => Date.now() / 1000;

/**
 * The first minute that is open: every minute before it was over at least `grace` seconds ago.
 *
 * @throws `invalid-argument` if the clock gives no Unix seconds.
 */
export function firstOpenMinute({ grace, now = clock }: Grace): number {
  const seconds = now();
  const problem = secondsProblem(Math.floor(seconds));
  if (problem !== undefined) throw new MeteringError("invalid-argument", `What the function \`now\` gives ${problem}.`);
  return Math.floor((seconds - grace) / 60) * 60;
}
