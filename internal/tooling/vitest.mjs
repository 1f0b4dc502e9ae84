import { defineConfig } from "vitest/config";

// Tests run from source: the first condition leads to `src`, the others are what Node itself would set.
const conditions = ["@metering/source", "node", "development|production"];

/**
 * Test settings of every package. `.vitest/results.json` is what the totals of `npm test` are counted from.
 *
 * @param {import("vitest/config").TestUserConfig} test
 * @param {readonly string[]} alone test files that need a process of their own, such as one that looks at what is loaded
 */
export function tests(test = {}, alone = []) {
  const include = ["test/**/*.test.ts"];
  // Include lists add up, so the one that all share is empty here.
  const split = {
    include: [],
    projects: [
      { extends: true, test: { name: "shared", include, exclude: alone } },
      { extends: true, test: { name: "alone", include: alone, isolate: true } },
    ],
  };
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include,
      reporters: [["default", { summary: false }], "json"],
      outputFile: { json: ".vitest/results.json" },
      // Files of a package share workers and the modules in them, which halves the time: no test replaces modules.
      isolate: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...(alone.length > 0 && split),
      ...test,
    },
  });
}
