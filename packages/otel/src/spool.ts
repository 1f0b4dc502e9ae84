import { observeGauges, type GaugeOptions } from "./gauges.ts";

/** What is read of a spool: a `Spool` of `@metering/spool`. */
export interface SpoolSource {
  status(): Promise<{
    readonly waiting: number;
    readonly waitingBytes: number;
    readonly oldestTimestamp: number | undefined;
    readonly parked: number;
    readonly lastSuccess: Date | undefined;
  }>;
}

const gauges = {
  "metering.spool.waiting": { description: "Records and versions of metadata that wait", unit: "{file}" },
  "metering.spool.waiting.size": { description: "Bytes of what waits", unit: "By" },
  "metering.spool.oldest.age": { description: "Age of the oldest minute that waits, 0 if none does", unit: "s" },
  "metering.spool.parked": { description: "What can never be shipped", unit: "{file}" },
  "metering.spool.last_success": { description: "When something was shipped last", unit: "s" },
} as const;

/**
 * Gauges of a spool: what waits, how old it is, what is parked, and when something was shipped last in Unix seconds.
 * Each collection lists the spool's folder once.
 *
 * @returns what ends it.
 */
export function observeSpool(spool: SpoolSource, options: GaugeOptions = {}): Disposable {
  return observeGauges(
    gauges,
    async () => {
      const { waiting, waitingBytes, oldestTimestamp, parked, lastSuccess } = await spool.status();
      return {
        "metering.spool.waiting": waiting,
        "metering.spool.waiting.size": waitingBytes,
        "metering.spool.oldest.age":
          oldestTimestamp === undefined ? 0 : Math.max(0, Date.now() / 1000 - oldestTimestamp),
        "metering.spool.parked": parked,
        "metering.spool.last_success": lastSuccess === undefined ? undefined : lastSuccess.getTime() / 1000,
      };
    },
    options,
  );
}
