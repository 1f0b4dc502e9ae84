import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from "node:http";
import { type Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { HttpOperationResponse, IHttpClient, WebResource } from "@azure/storage-blob";
import { isMeteringError, MeteringError } from "@metering/core";
import { readBody, redactedCause } from "@metering/storage-kit";

/** The connection pools. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

// A page of a listing has at most 1,000 names of 1,024 characters, and about 1 kB of properties for each.
const maxTextBytes = 16 * 1024 * 1024;

/**
 * Sends the SDK's requests. Unlike the SDK's own HTTP client, it closes its connections with the storage, limits the time to
 * connect and the size of responses held in memory, and follows no redirects.
 */
export function createHttpClient(agents: Agents, connectTimeoutMs: number): IHttpClient {
  return {
    async sendRequest(request) {
      try {
        return await send(request, agents, connectTimeoutMs);
      } catch (error) {
        throw isMeteringError(error) ? error : redactedCause(error);
      }
    },
  };
}

async function send(request: WebResource, agents: Agents, connectTimeoutMs: number): Promise<HttpOperationResponse> {
  const { abortSignal } = request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const isTls = request.url.startsWith("https:");
    const outgoing = (isTls ? httpsRequest : httpRequest)(request.url, {
      method: request.method,
      headers: toOutgoing(request),
      // The SDK sets an agent if the environment names a proxy.
      agent: request.agent instanceof HttpAgent ? request.agent : isTls ? agents.httpsAgent : agents.httpAgent,
      ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
    });
    limitConnecting(outgoing, isTls ? "secureConnect" : "connect", connectTimeoutMs);
    outgoing.on("error", reject).on("response", resolve);
    outgoing.end(request.body);
  });
  const { statusCode: status = 0 } = response;
  const answer = { request, status, headers: toHeaders(request, response) };
  if (request.streamResponseStatusCodes?.has(status)) return { ...answer, readableStreamBody: response };
  return { ...answer, bodyAsText: await readText(request.method, response) };
}

function toOutgoing({ headers }: WebResource): OutgoingHttpHeaders {
  return headers.toJson({ preserveCase: true });
}

function toHeaders(request: WebResource, { headers }: IncomingMessage): WebResource["headers"] {
  // The SDK exports no constructor for headers.
  const answered = request.headers.clone();
  for (const name of answered.headerNames()) answered.remove(name);
  for (const [name, value] of Object.entries(headers)) {
    // The SDK follows redirects only if there is a location.
    if (value !== undefined && name !== "location") answered.set(name, String(value));
  }
  return answered;
}

async function readText(method: string, response: IncomingMessage): Promise<string> {
  const length = method === "HEAD" ? undefined : response.headers["content-length"];
  const expectedBytes = length === undefined ? undefined : Number(length);
  try {
    return new TextDecoder().decode(await readBody(response, { expectedBytes, maxBytes: maxTextBytes }));
  } catch (error) {
    if (!isMeteringError(error, "too-large")) throw error;
    response.destroy();
    // The status alone is enough for an error.
    if ((response.statusCode ?? 0) >= 400) return "";
    const problem = `The response has more than ${maxTextBytes} bytes, so it does not come from Azure Blob Storage.`;
    throw new MeteringError("storage-failure", `${problem} Check endpoint and proxies.`);
  }
}

function limitConnecting(request: ClientRequest, connected: "connect" | "secureConnect", timeoutMs: number): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      request.destroy(
        new MeteringError("timeout", `No connection within ${timeoutMs} ms. Check endpoint and network.`),
      );
    }, timeoutMs);
    timer.unref();
    const stop = (): void => clearTimeout(timer);
    socket.once(connected, stop).once("close", stop);
  });
}
