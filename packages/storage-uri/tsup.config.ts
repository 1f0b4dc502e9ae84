import { library } from "@metering/tooling/tsup";

export default library();
