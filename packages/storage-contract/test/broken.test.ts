import { beforeAll, describe, expect, test } from "vitest";
import { startVitest, type TestCase } from "vitest/node";
import { brokenStores } from "./stores/broken-stores.ts";

/** Names of the failed tests of each store, and how many passed. */
const reports = new Map<string, { readonly failed: string[]; passed: number }>();

beforeAll(async () => {
  const vitest = await startVitest("test", [], {
    root: import.meta.dirname,
    config: "../vitest.config.ts",
    include: ["programs/broken.suite.ts"],
    reporters: [{ onTestCaseResult: note }],
    watch: false,
    // Broken stores make tests wait for their time limits: all at once.
    sequence: { concurrent: true },
    maxConcurrency: 100,
  });
  await vitest.close();
  // Its failures are what is wanted here; the exit code is to speak of this file's own tests.
  process.exitCode = 0;
}, 120_000);

function note(testCase: TestCase): void {
  const [store = ""] = testCase.fullName.split(" > ");
  const report = reports.get(store) ?? { failed: [], passed: 0 };
  reports.set(store, report);
  if (testCase.result().state === "failed") report.failed.push(testCase.fullName);
  else report.passed++;
}

describe("the suite, run against a store that breaks one promise, names that promise", () => {
  test.each(brokenStores)("a store that $what fails: $revealedBy", ({ what, revealedBy }) => {
    const { failed = [], passed = 0 } = reports.get(what) ?? {};
    expect(failed.filter((name) => name.includes(revealedBy))).not.toEqual([]);
    // What still holds is not blamed: the author sees what to mend.
    expect(passed).toBeGreaterThan(failed.length);
  });
});
