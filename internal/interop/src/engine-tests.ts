// What every SQL engine must show. The statements are those of `docs/sql/`.
import { describe, expect, test } from "vitest";
import { ceph } from "./ceph.ts";
import { writeClosedBucket, type Values } from "./closed-bucket.ts";
import { expectedTotals, type Total } from "./expected-totals.ts";
import { damages, writeDamaged, writeHardBucket, type Damage } from "./hard-bucket.ts";

/** Where an engine reads. */
export interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

/** What an engine does about a damaged file: stops, or counts it as if it was not there. */
export type OnDamage = "stops" | "passes over it";

/** An engine, as the tests see it. */
export interface FilesEngine {
  /** Runs the statements for the files of records. */
  readonly totalsOfFiles: (place: Place) => Promise<readonly Total[]>;
  /** Whether it reads no files under names that begin with `_` or `.`. */
  readonly passesOverHidden: boolean;
  readonly onDamage: Readonly<Record<Damage, OnDamage>>;
}

/** Runs the statements for closed periods. */
export type TotalsOfClosed = (place: Place, values: Values) => Promise<readonly Total[]>;

/** Tests the statements for closed periods. */
export function testClosed(totalsOfClosed: TotalsOfClosed): void {
  describe("sums closed periods as our reader does", () => {
    test.each(["uint64", "decimal"] as const)(
      "whose amounts are %s, with an addition and leftovers",
      async (values) => {
        const place = { bucket: await ceph.createBucket(), prefix: "fleet" };
        const storage = ceph.openBucket(place.bucket, place.prefix);
        await writeClosedBucket(storage, values);
        const [totals, expected] = await Promise.all([totalsOfClosed(place, values), expectedTotals(storage, false)]);
        expect(sorted(totals.filter(isUsed))).toEqual(sorted(expected.filter(isUsed)));
      },
    );
  });
}

/** Tests the statements for the files of records. */
export function testFiles({ totalsOfFiles, passesOverHidden, onDamage }: FilesEngine): void {
  describe("sums the files of a bucket as our reader does", () => {
    test(`in both layouts, with pages, interrupted records, leftovers, Go's records${passesOverHidden ? ", without names with _ or ." : ""}`, async () => {
      const place = { bucket: await ceph.createBucket(), prefix: "fleet" };
      const storage = ceph.openBucket(place.bucket, place.prefix);
      await writeHardBucket(storage);
      expect(sorted(await totalsOfFiles(place))).toEqual(sorted(await expectedTotals(storage, passesOverHidden)));
    });
  });

  describe("about a damaged file", () => {
    for (const damage of damages) {
      test(`${onDamage[damage]} (${damage})`, async () => {
        const place = { bucket: await ceph.createBucket(), prefix: "fleet" };
        const storage = ceph.openBucket(place.bucket, place.prefix);
        await writeDamaged(storage, damage);
        const totals = totalsOfFiles(place);
        if (onDamage[damage] === "stops") await expect(totals).rejects.toThrow();
        else expect(sorted(await totals)).toEqual(sorted(await expectedTotals(storage, passesOverHidden)));
      });
    }
  });
}

/** What was taken back altogether has a total of 0 in closed periods, and none in records. */
const isUsed = ({ total }: Total): boolean => total !== 0n;

function sorted(totals: readonly Total[]): readonly string[] {
  return totals
    .map(({ tenant, meter, unit, total }) => JSON.stringify([tenant, meter, unit, String(total)]))
    .toSorted();
}
