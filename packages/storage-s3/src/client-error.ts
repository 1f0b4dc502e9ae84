/** What can be learnt from an error of the AWS SDK, of Node's network, or of anything below. */
export interface ClientError {
  readonly name: string;
  readonly message: string;
  /** Code of Node's, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Region in which the bucket lies, where the store says so. */
  readonly region: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** Requests that the client sent for this answer. */
  readonly attempts: number;
  /** The client's clock was wrong, and it makes up for it from now on. */
  readonly clockCorrected: boolean;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

function retryAfter(header: unknown): number | undefined {
  const value = text(header);
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms > 0 ? ms : undefined;
}

/** Reads an error that could be anything. */
export function readClientError(error: unknown): ClientError {
  const metadata = field(error, "$metadata");
  const headers = field(field(error, "$response"), "headers");
  return {
    name: text(field(error, "name")) ?? "Error",
    message: text(field(error, "message")) ?? String(error),
    code: text(field(error, "code")) ?? text(field(field(error, "cause"), "code")),
    status: number(field(metadata, "httpStatusCode")),
    requestId: text(field(metadata, "requestId")),
    region: text(field(headers, "x-amz-bucket-region")) ?? text(field(error, "Region")),
    retryAfterMs: retryAfter(field(headers, "retry-after")),
    attempts: number(field(metadata, "attempts")) ?? 1,
    clockCorrected: field(metadata, "clockSkewCorrected") === true,
  };
}

/** A plain error to pass on as a cause: the SDK's own carry the request and response, with headers and all. */
export function plainCause(error: unknown): Error {
  const { name, message, code, status, requestId } = readClientError(error);
  const cause = new Error(message);
  cause.name = name;
  return Object.assign(cause, { code, status, requestId });
}
