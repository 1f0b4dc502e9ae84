import { tests } from "@metering/tooling/vitest";

// A test looks at which modules its process has loaded.
export default tests({ isolate: true });
