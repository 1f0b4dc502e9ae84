export type { Fault } from "./faults.ts";
export type { Verb } from "./request.ts";
export { type AzureTestServer, type AzureTestServerOptions, startAzureTestServer } from "./server.ts";
