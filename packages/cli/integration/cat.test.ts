import { expect, test } from "vitest";
import { eight, fleetBucket } from "../test/buckets.ts";
import { damagedBucket, keyOf } from "../test/damaged-bucket.ts";
import { meteringProcess, noTerminal, onTerminal } from "../test/process.ts";

test("the exit code tells a file that cannot be used from one that can", async () => {
  await using bucket = await damagedBucket();
  const sound = await meteringProcess(["cat", bucket.folder, `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`]);
  expect([sound.code, sound.stderr]).toEqual([0, ""]);
  const damaged = await meteringProcess(["cat", bucket.folder, keyOf("notgzip")]);
  expect([damaged.code, damaged.stdout]).toEqual([1, ""]);
  expect(damaged.stderr).not.toContain("    at ");
  expect((await meteringProcess(["cat", bucket.folder, "--in", "2025-08-22"])).code).toBe(3);
});

test.skipIf(noTerminal !== undefined)("a terminal gets the same JSON", async () => {
  await using bucket = await fleetBucket();
  const args = ["cat", bucket.folder, `metering/ru/${eight}/tidb-server/tidb01`, "--pretty"];
  const { screen } = await onTerminal(args);
  expect(screen.replaceAll("\r\n", "\n")).toBe((await meteringProcess(args)).stdout);
});
