import { tests } from "@metering/tooling/vitest";

// Takes minutes, and a real S3 server where there is one: run by `npm run test:slow`, never by `npm test`.
export default tests({
  include: ["slow/**/*.test.ts"],
  outputFile: { json: ".vitest/slow-results.json" },
  testTimeout: 45 * 60_000,
});
