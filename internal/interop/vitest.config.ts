import { tests } from "@metering/tooling/vitest";

// With what `run.mjs` installed and started. Others may take minutes.
export default tests({ include: ["integration/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 });
