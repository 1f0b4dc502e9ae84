import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { authenticate } from "./authenticate.ts";
import { createDisk } from "./disk.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import { createIdentities, type Identity, type Session } from "./identities.ts";
import { loopbackTls } from "@metering/test-helpers/loopback-tls";
import { type Answer, operations } from "./operations.ts";
import { OssError } from "./oss-error.ts";
import { type OssRequest, readRequest, unknownParts, type Verb, verbOf } from "./request.ts";
import { answerSts, type Role } from "./sts.ts";

export interface OssTestServerOptions {
  /** The bucket that exists. Default `metering-test`. */
  readonly bucket?: string;
  /** As in signatures. Default `cn-hangzhou`. */
  readonly region?: string;
  /** Whether the bucket's versioning is suspended. Default: it never had any. */
  readonly versioning?: boolean;
  /** Most keys in one response of a listing, whatever the request asks for. Default: 1,000, as OSS has it. */
  readonly pageSize?: number;
  /** Roles that may be assumed. Default: one, `acs:ram::1234567890123456:role/metering`. */
  readonly roles?: readonly Role[];
  /** Life of every assumed session, whatever was asked for. Default: as asked. */
  readonly sessionSeconds?: number;
}

export interface OssTestServer {
  /** `http://127.0.0.1:port`, speaks OSS. */
  readonly endpoint: string;
  /** `127.0.0.1:port`, speaks STS over TLS with a certificate that nobody trusts. */
  readonly stsEndpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly roleArn: string;
  /** The token of a pod that may be exchanged for a session of a role. */
  readonly oidcToken: string;
  /** May do everything. */
  readonly credentials: Identity;
  /** May get, head and list. */
  readonly readOnlyCredentials: Identity;
  /** Requests that arrived, by verb, those that went wrong included. */
  readonly requests: Readonly<Record<Verb, number>>;
  /** Requests that the server does not know, in words: empty after a good test. They were answered with 501. */
  readonly unknownRequests: readonly string[];
  readonly faults: Faults;
  /** Ahead of (positive) or behind the clock of this machine. */
  clockOffsetMs: number;
  /** Open connections of clients. */
  connections(): number;
  /** Credentials of a new session. */
  openSession(durationSeconds: number): Session;
  stop(): Promise<void>;
}

/** Starts an OSS endpoint on a free port of the loopback interface. */
export async function startOssTestServer(options: OssTestServerOptions = {}): Promise<OssTestServer> {
  const {
    bucket = "metering-test",
    region = "cn-hangzhou",
    versioning = false,
    pageSize = 1000,
    sessionSeconds,
  } = options;
  const roles = options.roles ?? [{ arn: "acs:ram::1234567890123456:role/metering" }];
  const credentials = { accessKeyId: "LTAItestserver", accessKeySecret: "test-server-secret" };
  const readOnlyCredentials = { accessKeyId: "LTAIreader", accessKeySecret: "test-reader-secret", readOnly: true };
  const oidcToken = "token-of-the-pod";
  const disk = createDisk();
  disk.createBucket(bucket);
  const identities = createIdentities();
  identities.add(credentials);
  identities.add(readOnlyCredentials);
  const faults = createFaults();
  const requests: Record<Verb, number> = { put: 0, get: 0, head: 0, delete: 0, list: 0, assumeRole: 0 };
  const unknownRequests: string[] = [];
  const sockets = new Set<Socket>();
  let requestCount = 0;
  const now = (): Date => new Date(Date.now() + server.clockOffsetMs);

  function answerObject(request: OssRequest, verb: Verb | undefined): Answer {
    const unknown = verb === undefined || verb === "assumeRole" ? ["operation"] : unknownParts(verb, request);
    if (verb === undefined || verb === "assumeRole" || unknown.length > 0) {
      const what = `${request.method} /${request.key} ${[...request.query.keys()].join("&")}: ${unknown.join(", ")}`;
      unknownRequests.push(what);
      throw new OssError(501, "NotImplemented", `The test server does not know this request: ${what}`);
    }
    const identity = authenticate(request, identities, region, now());
    if (!disk.hasBucket(request.bucket)) {
      throw new OssError(404, "NoSuchBucket", "The specified bucket does not exist.", { BucketName: request.bucket });
    }
    if (identity.readOnly === true && (verb === "put" || verb === "delete")) {
      throw new OssError(403, "AccessDenied", "You have no right to access this object because of bucket acl.");
    }
    return operations[verb](disk, request, { versioning, pageSize });
  }

  function answerRole(request: OssRequest): Answer {
    const answer = answerSts(request, identities, { roles, oidcToken, sessionSeconds }, now());
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(answer)) };
  }

  async function handle(message: IncomingMessage, response: ServerResponse, isSts: boolean): Promise<void> {
    const requestId = (++requestCount).toString(16).toUpperCase().padStart(24, "0");
    let fault: Fault | undefined;
    let answer: Answer;
    try {
      const request = await readRequest(message);
      const verb = isSts ? "assumeRole" : verbOf(request);
      if (verb !== undefined) {
        requests[verb]++;
        fault = faults.take(verb);
      }
      if (fault?.kind === "cut-before-store") return void message.socket.destroy();
      throwFault(fault);
      answer = isSts ? answerRole(request) : answerObject(request, verb);
    } catch (error) {
      // A client that hangs up while it sends is nobody to answer.
      if (!(error instanceof OssError)) return void message.socket.destroy();
      answer = isSts ? stsError(error, requestId) : ossError(error, requestId, message);
    }
    if (fault?.kind === "slow") await delay(fault.delayMs, undefined, { ref: false });
    if (fault?.kind === "lost-response") return void message.socket.destroy();
    send(message, response, requestId, answer, fault);
  }

  const server = {
    bucket,
    region,
    roleArn: roles[0]?.arn ?? "",
    oidcToken,
    credentials,
    readOnlyCredentials,
    requests,
    unknownRequests,
    faults,
    clockOffsetMs: 0,
    connections: () => sockets.size,
    openSession: (durationSeconds: number) => identities.openSession(durationSeconds, now()),
  };
  const oss = createServer((message, response) => void handle(message, response, false));
  const sts = createTlsServer(loopbackTls, (message, response) => void handle(message, response, true));
  oss.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const [ossPort, stsPort] = await Promise.all([listen(oss), listen(sts)]);
  return Object.assign(server, {
    endpoint: `http://127.0.0.1:${ossPort}`,
    stsEndpoint: `127.0.0.1:${stsPort}`,
    stop: async () => void (await Promise.all([close(oss), close(sts)])),
  });
}

function throwFault(fault: Fault | undefined): void {
  if (fault?.kind === "error") throw new OssError(fault.status, fault.code, fault.message ?? "Injected by the test.");
  if (fault?.kind === "expired-token") {
    throw new OssError(403, "SecurityTokenExpired", "The security token you provided has expired.");
  }
  if (fault?.kind === "clock-skew") {
    throw new OssError(403, "RequestTimeTooSkewed", "The request time differs too much from the current time.");
  }
}

function ossError(error: OssError, requestId: string, message: IncomingMessage): Answer {
  const xml = Buffer.from(error.toXml(requestId, message.headers.host ?? ""));
  // The answer to a HEAD has no body; OSS puts the error into a header instead.
  const headers = message.method === "HEAD" ? { "x-oss-err": xml.toString("base64") } : undefined;
  return { status: error.status, headers: { "content-type": "application/xml", ...headers }, body: xml };
}

function stsError({ status, code, message }: OssError, requestId: string): Answer {
  const body = JSON.stringify({ RequestId: requestId, Code: code, Message: message });
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  { status, headers, body }: Answer,
  fault: Fault | undefined,
): void {
  response.writeHead(status, {
    server: "AliyunOSS",
    "x-oss-request-id": requestId,
    ...(status === 204 ? undefined : { "content-length": body.length }),
    ...headers,
  });
  if (message.method === "HEAD") return void response.end();
  if (fault?.kind === "cut-body") {
    return void response.write(body.subarray(0, body.length / 2), () => message.socket.destroy());
  }
  if (fault?.kind === "corrupt-body" && body.length > 0) {
    const middle = body.length >> 1;
    body.writeUInt8(body.readUInt8(middle) ^ 1, middle);
  }
  response.end(body);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
