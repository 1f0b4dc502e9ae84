import type { MeteringElement, MeteringRecord, RecordId } from "@metering/core";
import type { Sink } from "@metering/recorder";

/** A record as the sink got it. */
export interface Written extends RecordId {
  readonly data: readonly MeteringElement[];
}

/** A sink that keeps records in memory, each once under its key as a bucket does, and fails while told to. */
export interface MemorySink extends Sink {
  readonly records: readonly Written[];
  /** Every attempt, those that failed included. */
  readonly attempts: readonly Written[];
  /** While set, writes reject with it. */
  failure: unknown;
}

export function createMemorySink(): MemorySink {
  const records: Written[] = [];
  const attempts: Written[] = [];
  return {
    records,
    attempts,
    failure: undefined,
    async write({ data, ...id }: MeteringRecord) {
      const elements: MeteringElement[] = [];
      for await (const element of data) elements.push(element);
      const written = { ...id, data: elements };
      attempts.push(written);
      if (this.failure !== undefined) throw this.failure;
      records.push(written);
    },
  };
}
