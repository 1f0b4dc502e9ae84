import type { IncomingHttpHeaders } from "node:http";
import type { OssClient } from "./client.ts";
import { readClientError } from "./client-error.ts";
import type { Exchange } from "./transport.ts";

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
