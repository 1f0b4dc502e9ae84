export { s3Faults, type Fault, type FaultTarget } from "./faults.ts";
export type { ConditionalWrites, Operation } from "./operations.ts";
export { startProxy, type Proxy, type ProxyOptions } from "./proxy.ts";
export { startS3TestServer, type S3TestServer, type S3TestServerOptions } from "./server.ts";
export type { KeyPair, Role } from "./sessions.ts";
