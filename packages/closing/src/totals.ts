/** An exact sum of one meter. */
export interface ClosedTotal {
  readonly category: string;
  readonly meter: string;
  readonly unit: string;
  /** Negative only in an addition that takes back more than it adds. */
  readonly value: bigint;
}

/** Sums by category, meter and unit. */
export interface Totals {
  add(amount: ClosedTotal): void;
  /** Sorted by category, meter and unit. Sums of zero are kept: something was measured. */
  list(): readonly ClosedTotal[];
}

export function createTotals(): Totals {
  const totals = new Map<string, { category: string; meter: string; unit: string; value: bigint }>();
  return {
    add({ category, meter, unit, value }) {
      const key = JSON.stringify([category, meter, unit]);
      const total = totals.get(key);
      if (total === undefined) totals.set(key, { category, meter, unit, value });
      else total.value += value;
    },
    list() {
      return [...totals.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => ({ ...total }));
    },
  };
}
