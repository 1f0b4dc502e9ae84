import { tests } from "@metering/tooling/vitest";

// Takes minutes, and a real S3 server where there is one: run by `npm run test:long`, never by `npm test`.
export default tests({
  include: ["long/**/*.test.ts"],
  outputFile: { json: ".vitest/long-results.json" },
  testTimeout: 45 * 60_000,
});
