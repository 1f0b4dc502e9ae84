import type { TableName } from "./closed-keys.ts";
import type { Cell } from "./parquet-types.ts";
import type { ClosedTotal } from "./totals.ts";
import type { RecordRow } from "./tables.ts";
import type { UsageValue } from "./usage.ts";

/** How long a row of a roll-up is. */
export type RollupUnit = "hour" | "day";

/** Where the rows of a roll-up are stored. */
export const rollupTables = { hour: "hourly", day: "daily" } as const satisfies Record<RollupUnit, TableName>;

const secondsOf = { hour: 3600, day: 86_400 } as const;

/** Sums usage by hour or day, category, meter, unit and the attributes with a column of their own. */
export interface Rollup {
  /** Takes the next row. Rows come in ascending order of their minutes. */
  add(row: RecordRow, usage: UsageValue): Iterable<RollupRow>;
  /** The rows that are left. */
  end(): Iterable<RollupRow>;
}

/** A row of `hourly` or `daily`. */
export interface RollupRow {
  /** First minute of the hour or day. */
  readonly minute: number;
  readonly cells: readonly Cell[];
}

interface Group {
  readonly category: string;
  readonly usage: UsageValue;
  value: bigint;
  values: number;
}

/** The groups of one hour or day are in memory: tenants × meters, not records. */
export function createRollup(unit: RollupUnit, closing: string): Rollup {
  const seconds = secondsOf[unit];
  let start = 0;
  let groups = new Map<string, Group>();

  function* end(): Generator<RollupRow, void, undefined> {
    const rows = groups;
    groups = new Map();
    for (const { category, usage, value, values } of rows.values()) {
      const { meter, columns } = usage;
      yield { minute: start, cells: [closing, start, category, meter, usage.unit, value, values, ...columns] };
    }
  }

  return {
    *add({ minute, category, sign }, usage) {
      const next = Math.floor(minute / seconds) * seconds;
      if (next !== start) yield* end();
      start = next;
      const key = JSON.stringify([category, usage.meter, usage.unit, ...usage.columns]);
      const group = groups.get(key) ?? { category, usage, value: 0n, values: 0 };
      group.value += usage.value * BigInt(sign);
      group.values += sign;
      groups.set(key, group);
    },
    end,
  };
}

/** The sum in a row; `undefined` if a cell has another type. */
export function toTotal([, , category, meter, unit, value]: readonly Cell[]): ClosedTotal | undefined {
  if (typeof category !== "string" || typeof meter !== "string" || typeof unit !== "string") return undefined;
  return typeof value === "bigint" ? { category, meter, unit, value } : undefined;
}
