import { tests } from "@metering/tooling/vitest";

// Looks at which modules its process has loaded.
export default tests({}, ["test/loading.test.ts"]);
