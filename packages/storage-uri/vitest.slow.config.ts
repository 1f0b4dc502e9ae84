import { tests } from "@metering/tooling/vitest";

export default tests({
  include: ["slow/**/*.test.ts"],
  outputFile: { json: ".vitest/slow-results.json" },
  testTimeout: 600_000,
});
