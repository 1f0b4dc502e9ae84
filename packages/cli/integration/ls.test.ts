import { expect, test } from "vitest";
import { emptyBucket, fleetBucket } from "../test/buckets.ts";
import { writeManyFiles } from "../test/many-files.ts";
import { meteringProcess, noTerminal, onTerminal } from "../test/process.ts";

test("the exit code tells whether there is anything strange", async () => {
  await using bucket = await fleetBucket();
  expect((await meteringProcess(["ls", bucket.folder])).code).toBe(0);
  await bucket.storage.put("metering/ru/readme.txt", new Uint8Array(3));
  const { code, stderr } = await meteringProcess(["ls", bucket.folder]);
  expect(code).toBe(3);
  expect(stderr).toContain("metering/ru/readme.txt");
});

test.skipIf(noTerminal !== undefined)("a terminal gets sizes that people can read", async () => {
  await using bucket = await fleetBucket();
  const { screen, code } = await onTerminal(["ls", bucket.folder, "--show", "files"]);
  expect(code).toBe(0);
  expect(screen).toMatch(/page +\d+ B /u);
});

test("100,000 files are listed, as figures and one by one, in 64 MB of heap", { timeout: 120_000 }, async () => {
  await using bucket = await emptyBucket();
  writeManyFiles(bucket.folder, 100_000);
  const env = { NODE_OPTIONS: "--max-old-space-size=64" };
  const overview = await meteringProcess(["ls", bucket.folder, "--json"], { env });
  expect(overview.code).toBe(0);
  expect(overview.stdout).toContain(`"records":100000,"pages":100000,`);
  const records = await meteringProcess(["ls", bucket.folder, "--show", "records"], { env });
  expect(records.code).toBe(0);
  expect(records.stdout.split("\n")).toHaveLength(100_002);
});
