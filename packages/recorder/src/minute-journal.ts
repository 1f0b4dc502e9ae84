import type { Minute } from "./minute.ts";
import type { Journal } from "./sink.ts";

/** Keeps the changes of one minute in its journal, in order. */
export interface MinuteJournal {
  /** Keeps what changed since the last call. Rejects as {@link Journal.keep}; the changes are kept by the next call then. */
  flush(signal?: AbortSignal): Promise<void>;
  /** Removes the journal after the record is written. */
  remove(): Promise<void>;
}

// One call keeps so many rows, so that a large minute does not hold up the process.
const rowsPerCall = 1000;

export function createMinuteJournal(minute: Minute, open: () => Journal): MinuteJournal {
  let journal: Journal | undefined;
  let pending: number[] = [];
  let flushing: Promise<void> = Promise.resolve();

  const flush = async (signal: AbortSignal | undefined): Promise<void> => {
    for (const row of minute.takeChanged()) pending.push(row);
    while (pending.length > 0) {
      journal ??= open();
      const rows = pending.slice(0, rowsPerCall);
      await journal.keep(
        rows.map((row) => ({ row, element: minute.elementOf(row) })),
        { signal },
      );
      pending = pending.slice(rows.length);
    }
  };

  return {
    flush(signal) {
      // One at a time: a later state of a row must not be kept before an earlier one.
      flushing = flushing.catch(() => {}).then(() => flush(signal));
      return flushing;
    },
    async remove() {
      await journal?.remove();
    },
  };
}
