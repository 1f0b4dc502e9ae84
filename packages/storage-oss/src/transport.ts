import {
  type Agent as HttpAgent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { type Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isMeteringError, MeteringError } from "@metering/core";
import { readBody, redactedCause } from "@metering/storage-kit";

/**
 * One call through ali-oss, which passes it on unchanged as the `ctx` of its request. It holds what the transport needs
 * to know and what it found. ali-oss itself takes no signal and replaces the transport's errors with its own.
 */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Maximum size of the body of a successful response. */
  readonly maxBytes: number;
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
  /** Why there was no complete response. */
  failure: unknown;
}

/** What ali-oss expects of its option `urllib`, which replaces its own transport. */
export interface Transport {
  request(url: string, args: TransportArguments): Promise<TransportResult>;
}

/** The connection pools. */
export interface Agents {
  readonly agent?: HttpAgent | undefined;
  readonly httpsAgent?: HttpsAgent | undefined;
}

interface TransportArguments extends Agents {
  readonly method: string;
  readonly headers: Record<string, string | number>;
  readonly content?: Buffer | undefined;
  readonly enableProxy?: boolean | undefined;
  readonly ctx: Exchange;
}

interface TransportResult {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly data: Buffer;
  readonly res: { readonly status: number; readonly headers: IncomingHttpHeaders };
}

/**
 * Sends ali-oss's requests and adds what its own transport lacks: an abort ends the request, a body that is too large is
 * rejected before it fills the memory, and a truncated body is an error.
 * A client created with a transport has no agents. If a client has agents, they are preferred.
 */
export function createTransport(connectTimeoutMs: number, agents: Agents = {}): Transport {
  return {
    async request(url, args) {
      const { ctx } = args;
      try {
        return await send(url, { ...agents, ...args }, connectTimeoutMs);
      } catch (error) {
        ctx.failure = ctx.signal.aborted || isMeteringError(error) ? error : redactedCause(error);
        throw error;
      }
    },
  };
}

async function send(url: string, args: TransportArguments, connectTimeoutMs: number): Promise<TransportResult> {
  const { method, headers, content, agent, httpsAgent, ctx } = args;
  ctx.signal.throwIfAborted();
  if (args.enableProxy === true) {
    throw new MeteringError(
      "not-supported",
      "enableProxy of the client is not supported. Give the client an agent that uses the proxy.",
    );
  }
  const isTls = url.startsWith("https:");
  const ownAgent = isTls ? httpsAgent : agent;
  const request = (isTls ? httpsRequest : httpRequest)(url, { method, headers, ...(ownAgent && { agent: ownAgent }) });
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      settle();
      // No effect once the response was read completely: the connection is back in the pool.
      request.destroy();
    };
    const abort = (): void => end(() => reject(ctx.signal.reason));
    ctx.signal.addEventListener("abort", abort, { once: true });
    limitConnecting(request, isTls ? "secureConnect" : "connect", connectTimeoutMs);
    request.on("error", (error) => end(() => reject(error)));
    request.on("response", (response) => {
      const answer = { status: response.statusCode ?? 0, headers: response.headers };
      const finish = (body: Uint8Array): void => {
        Object.assign(ctx, answer, { body });
        // ali-oss calls the `toString` of a Buffer.
        const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
        end(() => resolve({ ...answer, data, res: answer }));
      };
      const fail = (error: Error): void => end(() => reject(error));
      readAnswer(response, ctx.maxBytes, method === "HEAD").then(finish, fail);
    });
    request.end(content);
  });
}

// Larger than any error that OSS sends.
const maxErrorBytes = 64 * 1024;

async function readAnswer(response: IncomingMessage, maxBytes: number, isHead: boolean): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 200 && statusCode < 300) {
    const length = headers["content-length"];
    const expectedBytes = isHead || length === undefined ? undefined : Number(length);
    return readBody(response, { expectedBytes, maxBytes });
  }
  try {
    const body = await readBody(response, { maxBytes: maxErrorBytes });
    // The response to HEAD has no body. OSS sends the error's XML in this header; ali-oss expects it in the body.
    return isHead ? Buffer.from(String(headers["x-oss-err"] ?? ""), "base64") : body;
  } catch (error) {
    if (isMeteringError(error, "too-large")) return new Uint8Array();
    throw error;
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
