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
  // Three lookups of short names take less time than one of a text that is made of them.
  const byMeter = new Map<string, Map<string, Map<string, bigint>>>();
  return {
    add({ category, meter, unit, value }) {
      const byUnit = entryOf(byMeter, meter, () => new Map<string, Map<string, bigint>>());
      const byCategory = entryOf(byUnit, unit, () => new Map<string, bigint>());
      byCategory.set(category, (byCategory.get(category) ?? 0n) + value);
    },
    list() {
      const totals: ClosedTotal[] = [];
      for (const [meter, byUnit] of byMeter) {
        for (const [unit, byCategory] of byUnit) {
          for (const [category, value] of byCategory) totals.push({ category, meter, unit, value });
        }
      }
      return totals.sort((a, b) => compareText(totalKey(a), totalKey(b)));
    },
  };
}

function entryOf<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

/** A text that only sums of the same category, meter and unit share. */
export const totalKey = ({ category, meter, unit }: ClosedTotal): string => JSON.stringify([category, meter, unit]);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
