// Adds up the results that vitest left in the files given: "N passed, N failed".
import { readFileSync } from "node:fs";

/** @param {readonly (string | URL)[]} files those of packages without tests are absent */
export function printTotals(files) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    try {
      const results = JSON.parse(readFileSync(file, "utf8"));
      totals.passed += results.numPassedTests;
      totals.failed += results.numFailedTests;
      totals.skipped += results.numPendingTests + results.numTodoTests;
    } catch {
      continue;
    }
  }
  const { passed, failed, skipped } = totals;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
}

if (process.argv[1]?.endsWith("totals.mjs")) printTotals(process.argv.slice(2));
