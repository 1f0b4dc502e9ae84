import { isMeteringError, MeteringError, type MeteringErrorCode } from "@metering/core";
import type { Verb } from "./layers/layer.ts";
import { redactedCause, RedactedCause } from "./redacted-cause.ts";
import type { Failure } from "./retry.ts";

/** The call that a failure belongs to. */
export interface FailedCall {
  readonly verb: Verb;
  readonly key: string;
  /** Name of the storage. */
  readonly storage: string;
}

/** What a store's error means to a caller. */
export interface Meaning {
  readonly code: MeteringErrorCode;
  /** What to do next, as sentences. */
  readonly advice: string;
  /** Whether another attempt may succeed. Default: whether the code is retryable. */
  readonly retry?: boolean | undefined;
}

// Node's codes of broken, refused and unresolved connections, and of answers that are no HTTP.
const networkError =
  /^(E(CONN|HOST|NET|PIPE|AI_|TIMEDOUT|ADDRNOTAVAIL|NOTFOUND)|ERR_STREAM_PREMATURE_CLOSE|HPE_|UND_ERR)/;
const tlsError = /^(EPROTO$|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET))/;

/** The next step in the message of every failure of the network. */
export const networkAdvice = "Check the endpoint and the network, then call again.";

/** What a failure below HTTP means: the connection, or TLS. */
export function networkMeaning(code: string | undefined): Meaning | undefined {
  if (code === undefined) return undefined;
  if (networkError.test(code)) return { code: "unavailable", advice: networkAdvice };
  if (tlsError.test(code)) {
    return { code: "storage-failure", advice: "Check the endpoint's scheme and its TLS certificate." };
  }
  return undefined;
}

/** What an HTTP status means where the store's own code says nothing. */
export function statusMeaning(status: number | undefined): Meaning | undefined {
  if (status === undefined) return undefined;
  if (status === 401) return { code: "unauthenticated", advice: "Check the credentials." };
  if (status === 408) return { code: "timeout", advice: networkAdvice };
  if (status === 409) return { code: "conflict", advice: "Call again." };
  if (status === 429) return { code: "throttled", advice: "Send fewer requests at once, then call again." };
  if (status === 501) return { code: "not-supported", advice: "The store does not know this kind of request." };
  if (status === 507) return { code: "out-of-space", advice: "Free space or raise the quota." };
  if (status >= 500) return { code: "unavailable", advice: "The store failed on its side: call again." };
  // What breaks after a good status line is the body: cut off, damaged, or not what the store sends.
  if (status === 200) return { code: "unavailable", advice: "The answer arrived damaged: call again." };
  return undefined;
}

/** Turns whatever an attempt rejected with into an error with key, storage, cause and advice, once. */
export function toFailure(
  error: unknown,
  call: FailedCall,
  meaningOf: (cause: RedactedCause, call: FailedCall) => Meaning | undefined,
): Failure {
  const { verb, key, storage } = call;
  const what = `${verb} of ${JSON.stringify(key)} in ${storage}`;
  if (isMeteringError(error)) {
    // Errors from further down, such as those of assuming a role, do not know the call.
    const message = `${error.message} (${what})`;
    const known =
      error.key === undefined ? new MeteringError(error.code, message, { key, storage, cause: error.cause }) : error;
    return { error: known, retry: known.retryable };
  }
  const cause = error instanceof RedactedCause ? error : redactedCause(error);
  const { code, advice, retry } = meaningOf(cause, call) ?? { code: "storage-failure", advice: "See the cause." };
  const answer = [cause.status, cause.name === "Error" ? undefined : cause.name, cause.code]
    .filter((part, index, all) => part !== undefined && all.indexOf(part) === index)
    .join(" ");
  const told = cause.message === "" ? answer : `${answer} (${cause.message})`;
  const message =
    code === "not-found"
      ? `There is no ${JSON.stringify(key)} in ${storage}. ${advice}`
      : code === "already-exists"
        ? `${JSON.stringify(key)} is in ${storage} already. ${advice}`
        : `${told} at ${what}. ${advice}`;
  const translated = new MeteringError(code, message, { key, storage, cause });
  return { error: translated, retry: retry ?? translated.retryable, retryAfterMs: cause.retryAfterMs };
}
