import { defineConfig } from "vitest/config";

// Tests run from source: the first condition leads to `src`, the others are what Node itself would set.
const conditions = ["@metering/source", "node", "development|production"];

/**
 * Test settings of every package. `.vitest/results.json` is what the totals of `npm test` are counted from.
 *
 * @param {import("vitest/config").TestUserConfig} test
 */
export function tests(test = {}) {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      include: ["test/**/*.test.ts"],
      reporters: [["default", { summary: false }], "json"],
      outputFile: { json: ".vitest/results.json" },
      // Files of a package share workers and the modules in them, which halves the time: no test replaces modules.
      isolate: false,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test,
    },
  });
}
