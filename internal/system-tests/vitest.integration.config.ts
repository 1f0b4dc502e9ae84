import { tests } from "@metering/tooling/vitest";

// Against Azurite: run by `npm run test:azure`, never by `npm test`.
export default tests({
  include: ["integration/**/*.test.ts"],
  outputFile: { json: ".vitest/integration-results.json" },
  testTimeout: 120_000,
});
