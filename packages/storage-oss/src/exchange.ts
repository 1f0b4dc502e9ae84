import type { IncomingHttpHeaders } from "node:http";
import type { OssClient } from "./client.ts";
import { readClientError } from "./client-error.ts";

/**
 * One call's way through ali-oss, which hands it on untouched as the `ctx` of its request: what the transport must
 * know of the call, and what it found. ali-oss itself takes no signal and replaces the transport's errors by its own.
 */
export interface Exchange {
  readonly signal: AbortSignal;
  /** Longest body of a good answer. */
  readonly maxBytes: number;
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** Why there was no whole answer. */
  failure: unknown;
}

/** What came of a call. */
export interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What ali-oss made of it. */
  readonly result: unknown;
}

export interface ExchangeLimits {
  readonly signal: AbortSignal;
  readonly maxBytes?: number | undefined;
}

/**
 * Makes one request through the client.
 *
 * @throws What the transport threw, or a `ClientError` of what OSS answered.
 */
export async function exchange(
  client: OssClient,
  { signal, maxBytes = Infinity }: ExchangeLimits,
  call: (client: OssClient, ctx: Exchange) => Promise<unknown>,
): Promise<Answer> {
  const ctx: Exchange = {
    signal,
    maxBytes,
    status: undefined,
    headers: {},
    body: Buffer.alloc(0),
    failure: undefined,
  };
  try {
    const result = await call(client, ctx);
    return { headers: ctx.headers, body: ctx.body, result };
  } catch (error) {
    throw ctx.failure ?? readClientError(error, ctx.status, ctx.headers);
  }
}
