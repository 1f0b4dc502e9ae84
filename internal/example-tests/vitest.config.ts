import { tests } from "@metering/tooling/vitest";

// The longest example writes a day of files, each of them synced to the disk.
export default tests({ testTimeout: 300_000 });
