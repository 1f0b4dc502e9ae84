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
      // Called for each row: faster than JSON, and as unambiguous.
      const key = `${meter.length},${unit.length},${meter}${unit}${category}`;
      const total = totals.get(key);
      if (total === undefined) totals.set(key, { category, meter, unit, value });
      else total.value += value;
    },
    list() {
      return [...totals.values()].map((total) => ({ ...total })).sort((a, b) => compareText(textOf(a), textOf(b)));
    },
  };
}

const textOf = ({ category, meter, unit }: ClosedTotal): string => JSON.stringify([category, meter, unit]);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
