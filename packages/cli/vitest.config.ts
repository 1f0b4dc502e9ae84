import { tests } from "@metering/tooling/vitest";

export default tests();
