import { expect, test } from "vitest";
import { goBucket } from "../test/buckets.ts";
import { meteringProcess, noTerminal, onTerminal } from "../test/process.ts";

test("the exit code tells whether anything is strange", async () => {
  await using bucket = await goBucket();
  expect((await meteringProcess(["meta", bucket.folder])).code).toBe(0);
  await bucket.storage.put("metering/meta/logic/latest.json", new Uint8Array(2));
  expect((await meteringProcess(["meta", bucket.folder])).code).toBe(3);
  expect((await meteringProcess(["meta", bucket.folder, "--at", "now"])).code).toBe(2);
});

test.skipIf(noTerminal !== undefined)("a terminal gets a table", async () => {
  await using bucket = await goBucket();
  const { screen, code } = await onTerminal(["meta", bucket.folder]);
  expect(code).toBe(0);
  expect(screen).toMatch(/cluster +type +category +versions/u);
});
