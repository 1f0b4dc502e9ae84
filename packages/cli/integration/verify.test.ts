import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { emptyBucket, fleetBucket } from "../test/buckets.ts";
import { damagedBucket } from "../test/damaged-bucket.ts";
import { writeManyFiles } from "../test/many-files.ts";
import { meteringProcess, noTerminal, onTerminal, start } from "../test/process.ts";

test("the exit code tells whether anything is wrong, and a pipe gets one line for each finding", async () => {
  await using sound = await fleetBucket();
  expect((await meteringProcess(["verify", sound.folder])).code).toBe(0);
  await using damaged = await damagedBucket();
  const { code, stdout, stderr } = await meteringProcess(["verify", damaged.folder]);
  expect(code).toBe(3);
  expect(stdout.match(/^(?:error|warning|notice) +[a-z-]+: /gmu)).toHaveLength(19);
  expect(stdout).not.toContain("\u001b");
  expect(stderr).toContain("15 errors");
});

test.skipIf(noTerminal !== undefined)("a terminal gets severities in colours", async () => {
  await using bucket = await damagedBucket();
  const { screen, code } = await onTerminal(["verify", bucket.folder]);
  expect(code).toBe(3);
  expect(screen).toContain("\u001b[31merror");
});

test("100,000 files are verified in 128 MB of heap", { timeout: 240_000 }, async () => {
  await using bucket = await emptyBucket();
  writeManyFiles(bucket.folder, 100_000);
  const { code, stdout } = await meteringProcess(["verify", bucket.folder, "--json"], {
    env: { NODE_OPTIONS: "--max-old-space-size=128" },
  });
  expect(stdout).toContain(`"kind":"summary","files":100000,"records":100000,`);
  expect(code).toBe(0);
});

test("Ctrl-C ends it, and says how far it came", { timeout: 60_000 }, async () => {
  await using bucket = await emptyBucket();
  writeManyFiles(bucket.folder, 20_000);
  // The first line comes at once.
  await bucket.storage.put("metering/meta/readme.txt", new Uint8Array(3));
  const child = start(["verify", bucket.folder, "--json"]);
  const stderr = text(child.stderr);
  child.stdout.once("data", () => child.kill("SIGINT"));
  await once(child, "close");
  expect(child.exitCode).toBe(130);
  expect(await stderr).toMatch(/Interrupted\. Checked [\d,]+ files?\./u);
});
