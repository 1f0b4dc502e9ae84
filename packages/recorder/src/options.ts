import {
  identifierProblem,
  loggerProblem,
  MeteringError,
  newSelfId,
  parseOptions,
  silentLogger,
  type Logger,
} from "@metering/core";
import { callback, choice, integer, ruled, ruledString } from "@metering/schema";
import * as z from "zod/mini";
import { identityOf, type Attributes } from "./attributes.ts";
import type { LostMinute } from "./delivery.ts";

/** How a {@link Recorder} records. */
export interface RecorderOptions {
  /** Kind of the component that counts, such as `gateway`. */
  readonly category: string;
  /** The component, such as a host name. Each run gets a self id of its own, see `newSelfId` in core. */
  readonly component: string;
  /** Pool of the component. Services on today's Go SDK read only records in a pool. Default: none. */
  readonly sharedPoolId?: string | undefined;
  /**
   * Which timestamp the usage of 08:00:00 to 08:00:59 gets: `start` is 08:00, `end` is 08:01. Use what all other services
   * of the bucket use.
   */
  readonly stamp: "start" | "end";
  /** Attributes that stand in every row. Default: none. */
  readonly attributes?: Attributes | undefined;
  /** The most rows of a minute. Default: 1,000,000. */
  readonly maxRows?: number | undefined;
  /** The most minutes that wait in memory for the sink. Default: 60. */
  readonly maxWaitingMinutes?: number | undefined;
  /**
   * What to do if that many wait: `refuse` to count until one is stored, or `drop` the oldest and tell `onLost`.
   * Default: `refuse`.
   */
  readonly whenFull?: "refuse" | "drop" | undefined;
  /** Told of each minute that is lost: dropped, or refused by the sink for good. Default: only the logger is told. */
  readonly onLost?: ((minute: LostMinute) => void) | undefined;
  /**
   * On a sink that keeps journals, such as a spool: how often the open minute is kept, in milliseconds. It is what a kill
   * of the process can cost. Default: 1,000.
   */
  readonly journalIntervalMs?: number | undefined;
  /** The clock: Unix milliseconds. For replays and tests. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() => {
  const atLeastOne = integer(1);
  return z.strictObject(
    {
      category: ruledString(identifierProblem),
      component: z.string("must be a string").check(z.minLength(1, "must not be empty")),
      sharedPoolId: z.optional(ruledString(identifierProblem)),
      stamp: z.enum(["start", "end"], 'must be "start" or "end": what the other services of the bucket use'),
      attributes: z._default(
        z.custom<Attributes>((value) => typeof value === "object" && value !== null, "must be an object"),
        {},
      ),
      maxRows: z._default(atLeastOne, 1_000_000),
      maxWaitingMinutes: z._default(atLeastOne, 60),
      whenFull: z._default(choice(["refuse", "drop"]), "refuse"),
      onLost: z.optional(callback<(minute: LostMinute) => void>()),
      journalIntervalMs: z._default(integer(10, undefined, "milliseconds"), 1000),
      now: z.optional(callback<() => number>()),
      logger: z.optional(ruled<Logger>(loggerProblem)),
    },
    "must be an object",
  );
})();

/** The options with their defaults. Throws `invalid-argument` for one that breaks its rule. */
export function parseRecorderOptions(options: RecorderOptions) {
  const { logger = silentLogger, now = Date.now, ...parsed } = parseOptions(optionsSchema, options, "Recorder");
  identityOf(parsed.attributes, new Set());
  newSelfId(parsed.component);
  return { ...parsed, now, logger };
}

/** The error for a meter that cannot be made. */
export function invalidMeter(name: string, rule: string): MeteringError {
  return new MeteringError("invalid-argument", `The meter ${JSON.stringify(name)} ${rule}.`);
}
