import { describe, expect, test } from "vitest";
import { azurePlace, localPlace, ossPlace, s3Place, storedKeys } from "./places.ts";
import { copyExample, keysIn, start } from "./run-example.ts";

// Each example that a person can point at a store of theirs, on each kind of store.
describe.each([
  ["the local filesystem", localPlace],
  ["S3", s3Place],
  ["OSS", ossPlace],
  ["Azure", azurePlace],
])("on %s", (_, openPlace) => {
  test("write-records writes what it says, and refuses what would be rounded", async () => {
    const place = await openPlace();
    const folder = await copyExample("write-records");
    const output = await start(folder, place.environment);
    expect(output.match(/^created .*$/gm)).toHaveLength(3);
    expect(output).toMatch(/^refused .*9007199254740992/m);
    expect(keysIn(output)).toEqual(await storedKeys(place.open(folder)));
  });

  test("write-metadata writes the versions that it says", async () => {
    const place = await openPlace();
    const folder = await copyExample("write-metadata");
    const output = await start(folder, place.environment);
    expect(output.match(/^created .*$/gm)).toHaveLength(3);
    expect(keysIn(output)).toEqual(await storedKeys(place.open(folder)));
  });

  test("paging writes a record of several pages, reads it whole, and finds it there the next time", async () => {
    const place = await openPlace();
    const folder = await copyExample("paging");
    const output = await start(folder, place.environment);
    expect(output.match(/^created .*$/gm)).toHaveLength(7);
    expect(output).toContain("complete, 20,000 elements of 7 pages");
    // 20,000 times 2^53 + 1, and the sum of 1 to 20,000.
    expect(output).toContain((20_000n * 9_007_199_254_740_993n + 200_010_000n).toLocaleString("en-US"));
    expect(output).toContain("Element by element: 20,000");
    const again = await start(folder, place.environment);
    expect(again.match(/^unchanged .*$/gm)).toHaveLength(7);
  });

  test("read-records sums exactly, and names what it had to leave out", async () => {
    const { environment } = await openPlace();
    const output = await start(await copyExample("read-records"), environment);
    expect(output).toContain("10 complete records");
    for (const tenant of ["lc-1", "lc-2", "lc-3"]) {
      expect(output).toMatch(new RegExp(`${tenant}  bytes_out in bytes +90,071,992,547,409,950$`, "m"));
    }
    expect(output).toMatch(/invalid-format: .*tidb03-0/);
    expect(output).toMatch(/incomplete-record: .*tikv01-0/);
  });

  test("metered-service stores exactly what its clients saw, though it is killed", async () => {
    const place = await openPlace();
    const output = await start(await copyExample("metered-service"), place.environment);
    expect(output).toContain("6 totals are exactly what the clients saw");
  });

  test("read-metadata knows what was known when, and its disk cache outlives it", async () => {
    const { environment } = await openPlace();
    const folder = await copyExample("read-metadata");
    const output = await start(folder, environment);
    expect(output).toContain("At 8:00  lc-1 of team-a, pool-1 of 3 nodes");
    expect(output).toContain("At 14:00  lc-1 of team-b, pool-1 of 5 nodes");
    expect(output).toContain('tikv-server alone: {"quota":500}');
    expect(output).toMatch(/cached in memory: 2 files read/);
    expect(output).toMatch(/cached on disk: 2 files read/);
    expect(await start(folder, environment)).toMatch(/cached on disk: 0 files read/);
  });
});
