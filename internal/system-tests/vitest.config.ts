import { tests } from "@metering/tooling/vitest";

// Nx runs this package last, so nothing else keeps the second core busy.
export default tests({ maxWorkers: 2 });
