import { library } from "@metering/tooling/tsup";

export default library(["src/index.ts", "src/disk-cache.ts"]);
