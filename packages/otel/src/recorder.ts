import { observeGauges, type GaugeOptions } from "./gauges.ts";

/** What is read of a recorder: a `Recorder` of `@metering/recorder`. */
export interface RecorderSource {
  status(): {
    readonly rows: number;
    readonly waiting: readonly unknown[];
    readonly lastClosed: number | undefined;
    readonly lost: number;
  };
}

const gauges = {
  "metering.recorder.rows": { description: "Rows of the open minute", unit: "{row}" },
  "metering.recorder.waiting": { description: "Minutes that are over and not stored", unit: "{minute}" },
  "metering.recorder.lost": { description: "Minutes lost since the start", unit: "{minute}" },
  "metering.recorder.last_closed": { description: "Timestamp of the newest minute that is over", unit: "s" },
} as const;

/**
 * Gauges of a recorder: rows of the open minute, minutes not stored, minutes lost, and the last minute that is over in
 * Unix seconds.
 *
 * @returns what ends it.
 */
export function observeRecorder(recorder: RecorderSource, options: GaugeOptions = {}): Disposable {
  return observeGauges(
    gauges,
    async () => {
      const { rows, waiting, lost, lastClosed } = recorder.status();
      return {
        "metering.recorder.rows": rows,
        "metering.recorder.waiting": waiting.length,
        "metering.recorder.lost": lost,
        "metering.recorder.last_closed": lastClosed,
      };
    },
    options,
  );
}
