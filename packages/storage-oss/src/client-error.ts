import type { IncomingHttpHeaders } from "node:http";

/** What is known of a failed request and safe to pass on: no URL, no header, no body. A cause as it stands. */
export class ClientError extends Error {
  /** OSS's, such as `NoSuchKey`, or Node's, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** How long OSS asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    name: string,
    message: string,
    fields: { readonly [Field in "code" | "requestId"]?: string | undefined } & {
      readonly [Field in "status" | "retryAfterMs"]?: number | undefined;
    },
  ) {
    super(message.slice(0, 300));
    this.name = name;
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

const text = (error: unknown, field: string): string | undefined => {
  const value: unknown = typeof error === "object" && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
};

function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : undefined;
}

/** Reads what ali-oss threw after an answer of this status and these headers. */
export function readClientError(error: unknown, status: number | undefined, headers: IncomingHttpHeaders): ClientError {
  const code = text(error, "code");
  // Without a code the message is not OSS's. It can be the XML parser's, which quotes all it read.
  const message = code === undefined ? "The answer was not one of OSS." : (text(error, "message") ?? "");
  const requestId = text(headers, "x-oss-request-id");
  const retryAfterMs = retryAfter(headers["retry-after"]);
  return new ClientError(text(error, "name") ?? "Error", message, { code, status, requestId, retryAfterMs });
}

/** Name, message and code of an error from elsewhere, such as Node's network layer, and nothing else of it. */
export function readPlainError(error: unknown): ClientError {
  return new ClientError(text(error, "name") ?? "Error", text(error, "message") ?? "", { code: text(error, "code") });
}
