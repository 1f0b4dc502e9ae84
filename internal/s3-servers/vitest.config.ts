import { tests } from "@metering/tooling/vitest";

// Against a server that `run.mjs` started.
export default tests({ include: ["integration/**/*.test.ts"] });
