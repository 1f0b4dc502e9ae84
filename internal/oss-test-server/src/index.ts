export type { Fault, Faults } from "./faults.ts";
export type { Identity, Session } from "./identities.ts";
export type { Verb } from "./request.ts";
export { type OssTestServer, type OssTestServerOptions, startOssTestServer } from "./server.ts";
export type { Role } from "./sts.ts";
