import type { MeteringElement, MeteringRecord, RecordId } from "@metering/core";

/** Where a recorder's minutes go: a `MeteringWriter`, a spool, or anything else that writes a record. */
export interface Sink {
  /**
   * Resolves when the record is stored. A recorder writes a minute again with the same content until it is, so the sink
   * must accept a record that it has stored before: give a `MeteringWriter` the option `ifExists: "verify"`.
   */
  write(record: MeteringRecord, options?: { readonly signal?: AbortSignal | undefined }): Promise<unknown>;
  /** Keeps what is counted in a minute that is not over, so that it survives the end of the process. */
  journal?(minute: RecordId): Journal;
}

/** The journal of one open minute. */
export interface Journal {
  /**
   * Keeps rows of the minute. Each replaces the one with the same number. Resolves when they are safe. Calls do not overlap.
   *
   * @throws `conflict` if the minute was adopted by another process, which took this one for dead.
   */
  keep(rows: readonly JournalRow[], options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** The minute's record is written: the journal is no longer needed. */
  remove(): Promise<void>;
}

/** One row of a minute as it is now. */
export interface JournalRow {
  /** Number of the row in its record, from 0. */
  readonly row: number;
  readonly element: MeteringElement;
}
