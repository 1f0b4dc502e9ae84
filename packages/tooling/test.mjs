// `npm test`: every package's tests through nx (cached where nothing changed), then the totals over all of them.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const { status } = spawnSync("nx", ["run-many", "-t", "test", "--output-style=stream", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  shell: process.platform === "win32",
});

const totals = { passed: 0, failed: 0, skipped: 0 };
for (const folder of readdirSync(new URL("packages/", root))) {
  try {
    const results = JSON.parse(readFileSync(new URL(`packages/${folder}/.vitest/results.json`, root), "utf8"));
    totals.passed += results.numPassedTests;
    totals.failed += results.numFailedTests;
    totals.skipped += results.numPendingTests + results.numTodoTests;
  } catch {
    // A package without tests has no results; one whose tests could not start makes nx fail.
  }
}
console.log(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ""}`,
);
process.exitCode = status ?? 1;
