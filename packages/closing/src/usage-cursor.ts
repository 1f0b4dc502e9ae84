import { groupByMinute, type MinuteItems } from "./by-minute.ts";
import { readUsage, type ClosedTables } from "./closed-tables.ts";
import type { Closing } from "./manifest.ts";
import type { Usage } from "./usage.ts";

/** Finds the closed usage of single minutes, which are asked for in ascending order. Reads no row twice. */
export interface UsageCursor {
  at(minute: number): Promise<readonly Usage[]>;
}

export function createUsageCursor(tables: ClosedTables, closing: Closing): UsageCursor {
  let minutes: AsyncGenerator<MinuteItems<Usage>, void, undefined> | undefined;
  let current: MinuteItems<Usage> | undefined;
  return {
    async at(minute) {
      minutes ??= groupByMinute(readUsage(tables, closing, { from: minute, to: Infinity }), (usage) => usage.minute);
      while (current === undefined || current.minute < minute) {
        const next = await minutes.next();
        if (next.done === true) return [];
        current = next.value;
      }
      return current.minute === minute ? current.items : [];
    },
  };
}
