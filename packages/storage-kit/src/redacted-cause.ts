/** What may be known of a failed request besides its name and message. */
export interface CauseFields {
  /** The store's code, such as `NoSuchKey`, or Node's, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** How long the store asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The credentials were refused, and others can be asked for: one more attempt may succeed. */
  readonly renewable?: boolean | undefined;
}

const maxMessageLength = 300;

/**
 * An error that is safe to pass on as a cause: name, message, code, status and request id of a client's error, and
 * nothing else of it. Clients' own errors carry the request with its headers, and with them credentials.
 */
export class RedactedCause extends Error {
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly renewable: boolean;

  constructor(name: string, message: string, fields: CauseFields = {}) {
    super(message);
    this.name = name;
    this.code = fields.code;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retryAfterMs = fields.retryAfterMs;
    this.renewable = fields.renewable ?? false;
  }
}

/** Replaces secrets in a text that somebody else wrote, and cuts it to 300 characters: a server may echo what it got. */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  const known = secrets.filter((secret) => secret !== undefined && secret.length >= 4);
  const clean = known.reduce((rest: string, secret) => rest.replaceAll(secret ?? "", "***"), text);
  return clean.length > maxMessageLength ? `${clean.slice(0, maxMessageLength - 1)}…` : clean;
}

/** A property of a value that could be anything. */
export function readField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Same, where it is a text that is not empty. */
export function readText(value: unknown, name: string): string | undefined {
  const field = readField(value, name);
  return typeof field === "string" && field !== "" ? field : undefined;
}

/** Name, message and code of an error from anywhere, such as a caller's function or Node's network layer. */
export function redactedCause(error: unknown, secrets: readonly (string | undefined)[] = []): RedactedCause {
  const code = readText(error, "code") ?? readText(readField(error, "cause"), "code");
  return new RedactedCause(
    redact(readText(error, "name") ?? "Error", secrets),
    redact(readText(error, "message") ?? "", secrets),
    { code: code === undefined ? undefined : redact(code, secrets) },
  );
}
