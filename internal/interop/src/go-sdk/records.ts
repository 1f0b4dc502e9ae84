import { MeteringReader } from "@metering/reader";
import { collect } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import { describe, expect, test } from "vitest";
import { minute } from "../sample.ts";
import { filesBySelfId, inTurns, pool, type CreatePlace } from "./place.ts";
import { startGoSdk } from "./program.ts";
import { randomData, rounded } from "./random-content.ts";

const range = { from: minute, to: minute + 60 * 60 };

/** A record's place among many: minutes and categories that others have too, one self id for each. */
const idOf = (index: number) => ({
  timestamp: minute + 60 * (index % 40),
  category: ["tidb-server", "a b", "集群", "100%"][index % 4] ?? "",
  selfId: `node_${index}`,
});
// Every third record has pages.
const pageSizeOf = (index: number) => (index % 3 === 0 ? 200 : undefined);

export function testRecords(createPlace: CreatePlace, records: number): void {
  describe(`${records.toLocaleString("en")} random records of each, read by the other`, () => {
    const contents = randomData(records);

    test("Go's records are read by us: every field, every digit, nil elements, lists that are nil", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const written = contents.map((elements, index) => ({
        ...idOf(index),
        data: index % 7 === 0 ? [null, ...elements, null] : elements,
      }));
      await Promise.all(
        written.map(({ selfId, data, ...id }, index) =>
          sdk.write({ ...id, self_id: selfId, data: data.length === 0 ? null : data }, pageSizeOf(index)),
        ),
      );
      const read = new Map(
        (await collect(new MeteringReader(ours).scan(range))).map((record) => [record.selfId, record]),
      );
      // With a page size, Go stores nothing for an empty record.
      const stored = written.filter(({ data }, index) => data.length > 0 || pageSizeOf(index) === undefined);
      expect(stored.length).toBeLessThan(written.length);
      expect(read.size).toBe(stored.length);
      for (const record of stored) {
        expect(read.get(record.selfId)).toMatchObject({ ...record, sharedPoolId: pool, state: "unknown" });
        expect(read.get(record.selfId)?.data).toStrictEqual(record.data);
      }
      expect([...read.values()].filter(({ keys }) => keys.length > 2).length).toBeGreaterThan(records / 20);
    });

    test("our records are read by Go: every field and digit, the manifest ignored", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const written = new Map(
        contents.map((data, index) => [`node_${index}`, { ...idOf(index), sharedPoolId: pool, data }]),
      );
      const writeAll = [...written.values()].map(
        (record, index) => () =>
          new MeteringWriter(ours, { pageSizeBytes: pageSizeOf(index), uncountedValues: "allow" }).write(record),
      );
      await inTurns(writeAll);
      const seen = new Map<string, number>();
      for (let { from: timestamp } = range; timestamp < range.to; timestamp += 60) {
        for (const [selfId, paths] of filesBySelfId(await sdk.list(timestamp))) {
          const record = written.get(selfId);
          if (record === undefined) throw new Error(`Nobody wrote ${selfId}.`);
          const pages = await sdk.read(paths);
          for (const page of pages) {
            expect(page).toMatchObject({
              timestamp: record.timestamp,
              category: record.category,
              self_id: selfId,
              shared_pool_id: pool,
            });
          }
          expect(pages.flatMap((page) => rounded([...(page.data ?? [])]))).toStrictEqual(rounded([...record.data]));
          const digits = await Promise.all(paths.map((path) => sdk.readDigits(path)));
          expect(digits.flatMap(({ data }) => data)).toStrictEqual(record.data);
          seen.set(selfId, paths.length);
        }
      }
      expect(seen.size).toBe(written.size);
      expect([...seen.values()].filter((parts) => parts > 2).length).toBeGreaterThan(records / 20);
    });
  });
}
