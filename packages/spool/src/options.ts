import { loggerProblem, parseOptions, silentLogger, type Logger } from "@metering/core";
import { integer, ruled } from "@metering/schema";
import type { MeteringWriterOptions } from "@metering/writer";
import * as z from "zod/mini";

/** How a {@link Spool} works. */
export interface SpoolOptions {
  /** How many records are shipped at once, from 1 to 64. Default: 8. */
  readonly concurrency?: number | undefined;
  /** The most bytes of files that wait. Beyond it, `write` rejects with `out-of-space`. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** How often the folder is looked at for what other processes wrote, in milliseconds. Default: 1,000. */
  readonly pollMs?: number | undefined;
  /** Options of the writer into the folder, such as `sharedPoolId`. `ifExists` is always `verify`. */
  readonly writer?: Omit<MeteringWriterOptions, "ifExists" | "logger"> | undefined;
  /** Told of every change for the worse (`error`) and for the better (`info`). Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() => {
  const atLeastOne = integer(1);
  return z.strictObject(
    {
      concurrency: z._default(integer(1, 64), 8),
      maxBytes: z.optional(atLeastOne),
      pollMs: z._default(atLeastOne, 1000),
      writer: z._default(
        z.custom<Omit<MeteringWriterOptions, "ifExists" | "logger">>(
          (value) => typeof value === "object" && value !== null && !("ifExists" in value),
          "must be options of a MeteringWriter without ifExists",
        ),
        {},
      ),
      logger: z.optional(ruled<Logger>(loggerProblem)),
    },
    "must be an object",
  );
})();

/** The options with their defaults. Throws `invalid-argument` for one that breaks its rule. */
export function parseSpoolOptions(options: SpoolOptions) {
  const { logger = silentLogger, ...parsed } = parseOptions(optionsSchema, options, "Spool");
  return { ...parsed, logger };
}
