import type { Metadata } from "@metering/core";
import { MetaReader } from "@metering/reader";
import { MetaWriter } from "@metering/writer";
import { describe, expect, test } from "vitest";
import { inTurns, type CreatePlace } from "./place.ts";
import { startGoSdk, type GoSdk } from "./program.ts";
import { randomObjects, rounded } from "./random-content.ts";

const start = 999_999_900;

/** Versions of a few clusters of both types, with and without a category. Their times have nine and ten digits. */
const randomVersions = (count: number): readonly Metadata[] =>
  randomObjects(count).map((metadata, index) => ({
    type: index % 2 === 0 ? "logic" : "sharedpool",
    ...(index % 3 === 0 ? { category: "tidb server" } : {}),
    clusterId: `cluster_${index % 10}`,
    modifyTs: start + 7 * index,
    metadata,
  }));

/** Of the versions of one cluster, the newest until a time. */
const newest = (versions: readonly Metadata[], of: Metadata, timestamp: number): Metadata | undefined =>
  versions.findLast(
    ({ type, category, clusterId, modifyTs }) =>
      type === of.type && category === of.category && clusterId === of.clusterId && modifyTs <= timestamp,
  );

/** The time at which a version is looked up: its own, or later, when it may have a successor. */
const timeFor = ({ modifyTs }: Metadata) => modifyTs + 100 * (modifyTs % 2);

const lookUpInGo = (sdk: GoSdk, { type, category, clusterId }: Metadata, timestamp: number) =>
  sdk.lookup({ cluster_id: clusterId, type, category: category ?? "", timestamp });

export function testMetadata(createPlace: CreatePlace, count: number): void {
  const versions = randomVersions(count);

  describe(`${count.toLocaleString("en")} random versions of metadata of each, looked up by the other`, () => {
    test("Go's versions are found by us at every time: every field, every digit", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      await Promise.all(
        versions.map(({ clusterId, modifyTs, category = "", ...rest }) =>
          sdk.writeMetadata({ ...rest, category, cluster_id: clusterId, modify_ts: modifyTs }),
        ),
      );
      const reader = new MetaReader(ours);
      for (const version of versions) {
        const { type, category, clusterId } = version;
        const timestamp = timeFor(version);
        const found = await reader.readByType(clusterId, type, timestamp, { category });
        const { key: _, ...content } = found ?? {};
        expect(content).toStrictEqual(newest(versions, version, timestamp));
      }
    });

    test("our versions are found by Go at every time: every field, its numbers as float64", async () => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const writer = new MetaWriter(ours);
      await inTurns(versions.map((version) => () => writer.write(version)));
      for (const version of versions) {
        const timestamp = timeFor(version);
        const expected = newest(versions, version, timestamp);
        const found = await lookUpInGo(sdk, version, timestamp);
        expect(found).toMatchObject({
          type: version.type,
          cluster_id: version.clusterId,
          modify_ts: expected?.modifyTs,
        });
        expect(found.category).toBe(version.category);
        expect(rounded(found.metadata)).toStrictEqual(rounded(expected?.metadata ?? null));
      }
    });
  });
}
