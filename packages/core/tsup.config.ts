import { library } from "@metering/tooling/tsup";

export default library(["src/index.ts", "src/gzip-node.ts", "src/gzip-portable.ts"]);
