import { memoryCache, MetaReader } from "@metering/reader";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLargeStorage, keyOf } from "./many-versions.ts";

/** The naive reference. */
function newest(times: readonly number[], timestamp: number): number | undefined {
  let found: number | undefined;
  for (const time of times) if (time <= timestamp && (found === undefined || time > found)) found = time;
  return found;
}

const count = 100_000;
const far = [9_999_999_999, 253_402_300_799];

describe("a lookup among 100,000 versions", () => {
  it.each([
    ["one a minute", (i: number) => 1_700_000_000 + i * 60, 2, 13],
    ["one a second", (i: number) => 1_700_000_000 + i, 2, 14],
    ["ever denser", (i: number) => 1_700_000_000 + Math.floor(Math.sqrt(i) * 100_000), 4, 13],
    ["ever sparser", (i: number) => 1_500_000_000 + Math.floor(i * i * 0.02), 3, 13],
    ["in bursts", (i: number) => 1_600_000_000 + Math.floor(i / 5000) * 2_000_000 + (i % 5000), 18, 22],
  ])("%s, costs a handful of requests, whatever the time", async (_, timeOf, mostInside, mostFar) => {
    const times = [...new Set(Array.from({ length: count }, (_unused, i) => timeOf(i)))];
    const { storage, counts } = createLargeStorage(times.map((time) => keyOf(time)));
    const requestsFor = async (timestamp: number, reader = new MetaReader(storage)): Promise<number> => {
      counts.requests = 0;
      expect((await reader.readByType("lc-1", "logic", timestamp))?.modifyTs).toBe(newest(times, timestamp));
      return counts.requests;
    };
    const first = times[0] ?? 0;
    const last = times.at(-1) ?? 0;
    for (let place = 0.01; place < 1; place += 0.07) {
      const time = times[Math.floor(place * times.length)] ?? 0;
      expect(await requestsFor(time)).toBeLessThanOrEqual(mostInside);
      expect(await requestsFor(time - 1)).toBeLessThanOrEqual(mostInside);
    }
    expect(await requestsFor(last)).toBeLessThanOrEqual(mostInside);
    for (const before of [first - 1, 1_000_000_000, 1]) expect(await requestsFor(before)).toBe(1);
    const reader = new MetaReader(storage);
    for (const after of [last + 1_000_000, last + 100_000_000, ...far]) {
      expect(await requestsFor(after)).toBeLessThanOrEqual(mostFar);
      // Once the last version is known, all that is new is behind it.
      await requestsFor(after, reader);
      if (after <= 9_999_999_999) expect(await requestsFor(after, reader)).toBe(1);
    }
  });

  it.each([
    ["another cluster, in a category of its name", (i: number) => `other/${1_700_000_000 + i}`, 3],
    ["a cluster with a number for a name, in such a category", (i: number) => `1372813089209061633/${i + 1}`, 4],
    ["a cluster with a time for a name, in such a category", (i: number) => `1720000000/${i + 1}`, 4],
  ])("of %s does not make lookups of a cluster with a few versions expensive", async (_, nameOf, most) => {
    const times = [1_710_000_000, 1_720_000_000, 1_730_000_000];
    const foreign = Array.from({ length: count }, (_unused, i) => `metering/meta/logic/lc-1/${nameOf(i)}.json.gz`);
    const { storage, counts } = createLargeStorage([...foreign, ...times.map((time) => keyOf(time))]);
    for (const timestamp of [1, 1_709_999_999, ...times, 1_725_000_000, 1_760_000_000, ...far]) {
      counts.requests = 0;
      const found = await new MetaReader(storage).readByType("lc-1", "logic", timestamp);
      expect(found?.modifyTs).toBe(newest(times, timestamp));
      expect(counts.requests).toBeLessThanOrEqual(most);
    }
  });

  it("finds versions whose times have other numbers of digits, by listing everything", async () => {
    const times = [16, 17, 1_700_001, ...Array.from({ length: 5000 }, (_, i) => 1_700_000_000 + i * 60)];
    const { storage } = createLargeStorage(times.map((time) => keyOf(time)));
    for (const timestamp of [4, 16, 100, 1_699_999, 1_700_002, 999_999_999, 1_699_999_999, 1_700_100_000, ...far]) {
      const found = await new MetaReader(storage).readByType("lc-1", "logic", timestamp);
      expect(found?.modifyTs).toBe(newest(times, timestamp));
    }
  });
});

it("a lookup among up to 1,000 keys costs one request", async () => {
  const times = Array.from({ length: 999 }, (_, i) => 1_700_000_000 + i * 86_400);
  const { storage, counts } = createLargeStorage(times.map((time) => keyOf(time)));
  await new MetaReader(storage).readByType("lc-1", "logic", 1_750_000_000);
  expect(counts).toStrictEqual({ requests: 1, gets: 1 });
});

describe("lookups and a search through every version", () => {
  const foreign = ["12/5", "1000000/7", "999/1000000000", "1700000000x/3", "other/1700000000"].map(
    (name) => `metering/meta/logic/lc-1/${name}.json.gz`,
  );
  const lookUp = async (times: readonly number[], timestamps: readonly number[]): Promise<void> => {
    const { storage } = createLargeStorage([...foreign, ...times.map((time) => keyOf(time))]);
    for (const options of [{}, { cache: memoryCache({ maxBytes: 100_000 }) }]) {
      const reader = new MetaReader(storage, options);
      for (const timestamp of timestamps) {
        expect((await reader.readByType("lc-1", "logic", timestamp))?.modifyTs).toBe(newest(times, timestamp));
      }
    }
  };

  it("agree for times of any number of digits, among fewer than 1,000", async () => {
    const time = fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 999_999_000, max: 1_000_001_000 }),
      fc.integer({ min: 9_999_999_900, max: 10_000_000_100 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(time, { minLength: 1, maxLength: 900, size: "max" }),
        fc.array(time, { minLength: 10, maxLength: 10 }),
        lookUp,
      ),
      { numRuns: 20 },
    );
  });

  it("agree for times of ten digits, among thousands at any distances", async () => {
    const gap = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000_000 }));
    const runs = fc.array(fc.record({ gap, length: fc.integer({ min: 1, max: 1500 }) }), {
      minLength: 2,
      maxLength: 5,
    });
    const any = fc.integer({ min: 1, max: 9_999_999_999 });
    await fc.assert(
      fc.asyncProperty(
        runs,
        fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: -1, max: 1 })), { minLength: 5, maxLength: 10 }),
        any,
        async (parts, near, timestamp) => {
          const times: number[] = [];
          let last = 1_000_000_000;
          for (const part of parts) for (let i = 0; i < part.length; i++) times.push((last += part.gap));
          const usual = times.filter((time) => time <= 9_999_999_999);
          const nearTimes = near.map(([i, off]) => (usual[i % usual.length] ?? 0) + off);
          await lookUp(usual, [...nearTimes, timestamp]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
