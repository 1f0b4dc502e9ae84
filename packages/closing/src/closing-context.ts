import type { CallOptions, ObjectStorage, RecordId } from "@metering/core";
import type { MeteringReader, OnFinding } from "@metering/reader";
import type { Closing } from "./manifest.ts";
import type { Expected } from "./expected.ts";

/** How far closing is. */
export interface ClosingProgress {
  /** UTC day that is being closed. */
  readonly day: string;
  /** Minute of the record that was added last: Unix seconds. */
  readonly minute: number;
  /** Records of this day so far. */
  readonly records: number;
}

/** What closing a day needs. */
export interface ClosingContext {
  readonly storage: ObjectStorage;
  readonly options: CallOptions;
  readonly reader: MeteringReader;
  readonly concurrency: number;
  readonly settings: Pick<Closing, "grace" | "values" | "attributes" | "numbers" | "rollups">;
  readonly incomplete: "fail" | "skip";
  readonly duplicates: "fail" | "include";
  readonly componentOf: (record: RecordId) => string;
  readonly expected: Expected;
  /** The clock, in Unix seconds. */
  readonly now: () => number;
  readonly onFinding: OnFinding | undefined;
  readonly onProgress: ((progress: ClosingProgress) => void) | undefined;
}
