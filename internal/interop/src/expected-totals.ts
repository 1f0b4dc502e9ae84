import type { MeteringElement, ObjectStorage } from "@metering/core";
import { MeteringReader, sumValues } from "@metering/reader";

/** What one tenant used of one thing. */
export interface Total {
  /** `null` where an element has no tenant. */
  readonly tenant: string | null;
  readonly meter: string;
  readonly unit: string;
  readonly total: bigint;
}

/** Everything that `hard-bucket.ts` writes is in this day. */
export const day = { from: 1_755_820_800, to: 1_755_907_200 };

/**
 * What the reader sums of the complete records in a bucket.
 *
 * @param passesOverHidden whether records count whose category, pool or self id begins with `_` or `.`
 */
export async function expectedTotals(storage: ObjectStorage, passesOverHidden: boolean): Promise<readonly Total[]> {
  async function* elements() {
    const scan = new MeteringReader(storage).scan(day, { incomplete: "skip", onFinding: () => {} });
    for await (const record of scan) {
      const names = [record.category, record.sharedPoolId ?? "", record.selfId];
      if (!passesOverHidden || !names.some((name) => /^[_.]/.test(name))) yield* record.data;
    }
  }
  const totals = await sumValues(
    elements(),
    ({ element, name, unit }) => JSON.stringify([tenantOf(element), name, unit]),
    // What only looks like an amount is not counted.
    { onFinding: () => {} },
  );
  return [...totals].map(([key, { value }]) => {
    const [tenant, meter, unit]: [string | null, string, string] = JSON.parse(key);
    return { tenant, meter, unit, total: value };
  });
}

function tenantOf(element: MeteringElement): string | null {
  const tenant = element["logical_cluster_id"] ?? null;
  return tenant === null || typeof tenant === "string" ? tenant : JSON.stringify(tenant);
}
