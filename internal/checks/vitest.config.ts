import { tests } from "@metering/tooling/vitest";

// Installing packages and runtimes takes minutes on a slow connection.
export default tests({ include: ["docs/*.test.ts", "packages/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 });
