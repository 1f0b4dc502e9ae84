import type { Sum } from "../sum/tally.ts";

/** Who used most of one meter. */
export interface LargestGroups {
  readonly meter: string;
  readonly unit: string;
  /** The largest first. */
  readonly groups: readonly Sum[];
  /** How many more there are. */
  readonly others: number;
}

const mostGroups = 10;

/** The largest groups of each meter and unit. */
export function largestGroups(sums: readonly Sum[]): readonly LargestGroups[] {
  const meters = new Map<string, Sum[]>();
  for (const sum of sums) {
    const key = JSON.stringify([sum.meter, sum.unit]);
    const found = meters.get(key);
    if (found === undefined) meters.set(key, [sum]);
    else found.push(sum);
  }
  return [...meters.keys()].sort().flatMap((key) => {
    const groups = (meters.get(key) ?? []).sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0));
    const [first] = groups;
    if (first === undefined) return [];
    const { meter, unit } = first;
    return [{ meter, unit, groups: groups.slice(0, mostGroups), others: Math.max(groups.length - mostGroups, 0) }];
  });
}
