import { tests } from "@metering/tooling/vitest";

// Against a real server: run by `npm run test:s3`, never by `npm test`.
export default tests({
  include: ["integration/**/*.test.ts"],
  outputFile: { json: ".vitest/integration-results.json" },
});
