import { componentOf } from "@metering/core";
import type { RecordPages } from "../../bucket/records.ts";

/** What some records come to. */
export interface Figures {
  /** What they have in common: a day, minute, category or component. */
  readonly name: string;
  readonly minutes: number;
  readonly components: number;
  readonly records: number;
  readonly pages: number;
  readonly bytes: number;
  /** First and last minute: Unix seconds. */
  readonly first: number;
  readonly last: number;
}

export interface FiguresCounter {
  add(record: RecordPages): void;
  result(): Figures;
}

/** Counts records that come minute by minute. Only the names of components are kept. */
export function createFiguresCounter(name: string): FiguresCounter {
  const components = new Set<string>();
  let current: number | undefined;
  let [minutes, records, pages, bytes] = [0, 0, 0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  return {
    add(record) {
      const [{ timestamp, category, selfId }] = record;
      if (timestamp !== current) minutes++;
      current = timestamp;
      components.add(`${category}/${componentOf(selfId)}`);
      records++;
      pages += record.length;
      for (const page of record) bytes += page.bytes;
      first = Math.min(first, timestamp);
      last = Math.max(last, timestamp);
    },
    result: () => ({ name, minutes, components: components.size, records, pages, bytes, first, last }),
  };
}
