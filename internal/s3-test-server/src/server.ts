import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createFaultPlan, type Fault, type FaultTarget } from "./faults.ts";
import { createObjectDisk } from "./object-disk.ts";
import { carryOut, type ConditionalWrites, type Operation, type S3Answer } from "./operations.ts";
import { recognise } from "./recognise.ts";
import { errorDocument, S3Error, stsErrorDocument } from "./s3-error.ts";
import { readRequest, type S3Request } from "./s3-request.ts";
import { createSessions, type KeyPair, type Role } from "./sessions.ts";

export interface S3TestServerOptions {
  /** Buckets that exist from the start. */
  readonly buckets?: readonly string[];
  /** Roles that may be assumed, by ARN. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Default: `honoured`. */
  readonly conditionalWrites?: ConditionalWrites;
  /** Most keys in one response of a listing, whatever the request asks for. Default: 1,000, as S3 has it. */
  readonly pageSize?: number;
}

export interface S3TestServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: KeyPair;
  /** Lets the next requests go wrong. */
  fail(fault: Fault, target?: FaultTarget): void;
  /** Forgets the faults that are still waiting. */
  heal(): void;
  /** How many requests of an operation came in. */
  count(operation: Operation): number;
  /** Requests that the server did not know, as `METHOD path: why`. */
  readonly unknownRequests: readonly string[];
  /** Connections that are open. */
  openSockets(): Promise<number>;
  close(): Promise<void>;
}

/** Starts an S3 endpoint on loopback, with the buckets of its options and nothing in them. */
export async function startS3TestServer(options: S3TestServerOptions = {}): Promise<S3TestServer> {
  const { buckets = ["metering"], roles = {}, conditionalWrites = "honoured", pageSize = 1000 } = options;
  const credentials = { accessKeyId: "test-user", secretAccessKey: `test-secret-${randomUUID()}` };
  const disk = createObjectDisk();
  const sessions = createSessions(credentials, roles);
  const faults = createFaultPlan();
  const counts = new Map<Operation, number>();
  const unknownRequests: string[] = [];
  const closing = new AbortController();
  for (const bucket of buckets) disk.createBucket(bucket);

  function answer(operation: Operation, request: S3Request): S3Answer {
    if (operation === "AssumeRole") {
      const parameters = new URLSearchParams(Buffer.from(request.body).toString());
      if (parameters.get("Action") !== "AssumeRole") throw new S3Error(501, "NotImplemented", "Only AssumeRole is.");
      sessions.authenticate(request);
      return { status: 200, headers: { "content-type": "text/xml" }, body: sessions.assumeRole(parameters) };
    }
    sessions.authenticate(request);
    return carryOut(operation, disk, request, { conditionalWrites, pageSize });
  }

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const request = await readRequest(message);
    let operation: Operation | undefined;
    let fault: Fault | undefined;
    try {
      operation = recognise(request);
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      fault = faults.take(operation);
      if (fault?.kind === "cut-before") return void message.socket.destroy();
      if (fault?.kind === "hang") return;
      if (fault?.kind === "delay") await setTimeout(fault.delayMs, undefined, { ref: false, signal: closing.signal });
      if (fault?.kind === "error") throw new S3Error(fault.status, fault.code, fault.message ?? fault.code, fault);
      const result = answer(operation, request);
      if (fault?.kind === "lose-answer") return void message.socket.destroy();
      send(response, requestId, result, fault);
    } catch (error) {
      if (closing.signal.aborted) return;
      const known = error instanceof S3Error ? error : new S3Error(500, "InternalError", String(error));
      if (operation === undefined) unknownRequests.push(`${request.method} ${request.path}: ${known.message}`);
      const toSts = operation === "AssumeRole";
      const body = toSts ? stsErrorDocument(known, requestId) : errorDocument(known, requestId);
      const headers = { "content-type": "application/xml", ...known.headers };
      send(response, requestId, {
        status: known.status,
        headers,
        ...(request.method === "HEAD" ? {} : { body }),
      });
    }
  }

  const server = createServer((message, response) => {
    // A client that goes away while it sends is part of what tests do.
    handle(message, response).catch(() => message.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      closing.abort();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials,
    fail: (fault, target) => faults.add(fault, target),
    heal: () => faults.clear(),
    count: (operation) => counts.get(operation) ?? 0,
    unknownRequests,
    openSockets: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(response: ServerResponse, requestId: string, answer: S3Answer, fault?: Fault): void {
  const body = Buffer.from(answer.body ?? "");
  const headers: Record<string, string> = { "x-amz-request-id": requestId, ...answer.headers };
  if (headers["content-length"] === undefined && answer.status !== 204) headers["content-length"] = String(body.length);
  response.writeHead(answer.status, headers);
  if (fault?.kind === "cut-body") {
    response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
    return;
  }
  const first = body[0];
  if (fault?.kind === "damage-body" && first !== undefined) body[0] = first ^ 1;
  response.end(body);
}
