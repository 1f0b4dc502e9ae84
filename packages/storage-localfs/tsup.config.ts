import { library } from "@metering/tooling/tsup";

// "node:" stays in the imports: without it they mean packages to bundlers and to other runtimes.
export default Object.assign(library(), { removeNodeProtocol: false });
