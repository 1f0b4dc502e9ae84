import { tests } from "@metering/tooling/vitest";

// As processes, in pipes and on terminals: run by `npm run test:cli`, never by `npm test`.
export default tests({
  include: ["integration/**/*.test.ts"],
  outputFile: { json: ".vitest/integration-results.json" },
  globalSetup: "test/bundle.ts",
});
