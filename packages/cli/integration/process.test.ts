import { once } from "node:events";
import { expect, test } from "vitest";
import { fleetBucket } from "../test/buckets.ts";
import { meteringProcess, noTerminal, onTerminal, start } from "../test/process.ts";

test.skipIf(noTerminal !== undefined)("a terminal gets bars and groups of digits, a pipe neither", async () => {
  await using bucket = await fleetBucket();
  const question = ["sum", bucket.folder, "--in", "2025-08-22", "--by", "cluster_id"];
  const { screen, code } = await onTerminal(question);
  expect(code).toBe(0);
  expect(screen).toContain("110,680,464,442,257,309,690");
  expect(screen).toContain("█");
  const { stdout } = await meteringProcess(question);
  expect(stdout).toContain("110680464442257309690");
  expect(stdout).not.toContain("█");
  expect(stdout).not.toContain("\u001b");
});

test("a reader that has seen enough, such as head, ends the command quietly", async () => {
  await using bucket = await fleetBucket();
  const child = start(["sum", bucket.folder, "--in", "2025-08-22", "--per", "minute", "--by", "cluster_id,self_id"]);
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += String(text)));
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  expect(stderr).not.toContain("EPIPE");
});
