import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { loopbackTls } from "@metering/test-helpers/loopback-tls";
import { authenticate, type Credentials } from "./authenticate.ts";
import { AzureError } from "./azure-error.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import { type Answer, type Container, operations, store } from "./operations.ts";
import { readRequest, unknownParts, type Verb, verbOf } from "./request.ts";

export interface AzureTestServerOptions {
  /** Most names in one answer of a listing, whatever the request asks for. Default: 5,000, as Azure has it. */
  readonly pageSize?: number;
  /** Whether listings know `startFrom`. Default: true. */
  readonly knowsStartFrom?: boolean;
  /** Whether conditions are heeded. Default: true. */
  readonly heedsConditions?: boolean;
  /** Speaks TLS, with a certificate that nobody trusts. Default: false. */
  readonly tls?: boolean;
}

export interface AzureTestServer {
  /** `http://127.0.0.1:port`, or `https://`. */
  readonly endpoint: string;
  /** The one that exists. */
  readonly container: string;
  readonly accountName: string;
  readonly accountKey: string;
  readonly sasToken: string;
  /** The token of Microsoft Entra ID that is let in. */
  token: string;
  /** Stores a blob as another client would. */
  plant(name: string): void;
  /** Requests that arrived, by verb, those that went wrong included. */
  readonly requests: Readonly<Record<Verb, number>>;
  /** Requests that the server does not know, in words: empty after a good test. They were answered with 501. */
  readonly unknownRequests: readonly string[];
  readonly faults: Faults;
  /** Open connections of clients. */
  connections(): number;
  stop(): Promise<void>;
}

/** Starts a blob endpoint on a free port of the loopback interface. */
export async function startAzureTestServer(options: AzureTestServerOptions = {}): Promise<AzureTestServer> {
  const { pageSize = 5000, knowsStartFrom = true, heedsConditions = true, tls = false } = options;
  const container: Container = { name: "usage", blobs: new Map(), pageSize, knowsStartFrom, heedsConditions };
  const credentials: Credentials & { token: string } = {
    accountName: "testaccount",
    accountKey: Buffer.from("key-of-the-test-account").toString("base64"),
    sasToken: "sv=2026-04-06&sr=c&sp=rcwdl&sig=test%2Bsignature%3D",
    token: "token-of-the-test",
  };
  const faults = createFaults();
  const requests: Record<Verb, number> = { put: 0, get: 0, head: 0, delete: 0, list: 0 };
  const unknownRequests: string[] = [];
  const sockets = new Set<Socket>();
  let requestCount = 0;

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = `${(++requestCount).toString(16).padStart(8, "0")}-0000-0000-0000-000000000000`;
    let fault: Fault | undefined;
    let answer: Answer;
    try {
      const request = await readRequest(message);
      const verb = verbOf(request);
      const unknown = verb === undefined ? ["operation"] : unknownParts(verb, request);
      if (verb === undefined || unknown.length > 0) {
        unknownRequests.push(`${request.method} ${message.url}: ${unknown.join(", ")}`);
        throw new AzureError(501, "NotImplemented");
      }
      requests[verb]++;
      fault = faults.take(verb);
      if (fault?.kind === "cut-before-store") return void message.socket.destroy();
      if (fault?.kind === "error") throw new AzureError(fault.status, fault.code, fault.headers);
      authenticate(request, credentials);
      if (request.container !== container.name) throw new AzureError(404, "ContainerNotFound");
      answer = operations[verb](container, request);
    } catch (error) {
      // A client that hangs up while it sends is nobody to answer.
      if (!(error instanceof AzureError)) return void message.socket.destroy();
      const headers = { "content-type": "application/xml", "x-ms-error-code": error.code, ...error.headers };
      answer = { status: error.status, headers, body: Buffer.from(error.toXml(requestId)) };
    }
    if (fault?.kind === "slow") await delay(fault.delayMs, undefined, { ref: false });
    if (fault?.kind === "lost-response") return void message.socket.destroy();
    send(message, response, { ...answer, headers: { "x-ms-request-id": requestId, ...answer.headers } }, fault);
  }

  const listener = (message: IncomingMessage, response: ServerResponse): void => void handle(message, response);
  const server = tls ? createTlsServer(loopbackTls, listener) : createServer(listener);
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("not listening on a port");
  return Object.assign(credentials, {
    endpoint: `http${tls ? "s" : ""}://127.0.0.1:${address.port}`,
    container: container.name,
    plant: (name: string) => void store(container.blobs, name, Buffer.from("x")),
    requests,
    unknownRequests,
    faults,
    connections: () => sockets.size,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
}

function send(
  message: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
  fault: Fault | undefined,
): void {
  response.writeHead(status, { "content-length": body.length, ...headers });
  if (message.method === "HEAD") return void response.end();
  if (fault?.kind === "cut-body") {
    return void response.write(body.subarray(0, body.length / 2), () => message.socket.destroy());
  }
  if (fault?.kind === "corrupt-body" && body.length > 0)
    body.writeUInt8(body.readUInt8(body.length >> 1) ^ 1, body.length >> 1);
  response.end(body);
}
