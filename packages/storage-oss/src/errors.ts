import { isMeteringError, MeteringError, type MeteringErrorCode } from "@metering/core";
import type { Failure } from "@metering/storage-kit";
import { ClientError } from "./client-error.ts";

/** The verbs of the contract, and the permission that OSS asks for each. */
const permissions = {
  put: "oss:PutObject",
  get: "oss:GetObject",
  head: "oss:GetObject",
  delete: "oss:DeleteObject",
  list: "oss:ListObjects",
} as const;

/** The call that an error belongs to. */
export interface CallContext {
  readonly verb: keyof typeof permissions;
  readonly key: string;
  readonly storage: string;
  readonly bucket: string;
}

type Meaning = readonly [code: MeteringErrorCode, advice: string];

const keysAdvice = "Check the credentials: access key, secret and, of a session, its token.";
const networkAdvice = "Check the endpoint and the network, then call again.";
const throttledAdvice = "Send fewer requests at once, then call again.";

/** Error codes of OSS: https://www.alibabacloud.com/help/en/document_detail/32005.html */
const meanings: Readonly<Record<string, Meaning>> = {
  NoSuchKey: ["not-found", "Check the key."],
  NoSuchBucket: ["bucket-not-found", "Create the bucket, or correct the options bucket, region and endpoint."],
  FileAlreadyExists: ["already-exists", "It was left as it was."],
  FileImmutable: ["permission-denied", "A retention policy of the bucket keeps the object as it is."],
  InvalidAccessKeyId: ["unauthenticated", keysAdvice],
  SignatureDoesNotMatch: ["unauthenticated", `${keysAdvice} The option region must be that of the bucket.`],
  InvalidSecurityToken: ["unauthenticated", keysAdvice],
  AccessKeyIdAndSecurityTokenNotMatch: ["unauthenticated", keysAdvice],
  SecurityTokenExpired: ["unauthenticated", "The session has ended: let a function or assumeRole renew it."],
  RequestTimeTooSkewed: ["unauthenticated", "Set this machine's clock: it is more than 15 minutes off the store's."],
  RequestTimeout: ["timeout", networkAdvice],
  SlowDown: ["throttled", throttledAdvice],
  InvalidDigest: ["unavailable", "The body arrived damaged: call again."],
  NotImplemented: ["not-supported", "The store does not know what was asked for."],
  EntityTooLarge: ["too-large", "Store smaller objects."],
  InvalidObjectName: ["invalid-key", "Choose another key."],
  InvalidBucketName: ["invalid-argument", "Correct the option bucket."],
};

const certificateError = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET))/;
// Node's codes of broken, refused and unresolved connections.
const networkError = /^(E(CONN|HOST|NET|PIPE|AI_|TIMEDOUT|ADDRNOTAVAIL|NOTFOUND)|ERR_STREAM_PREMATURE_CLOSE|HPE_)/;

function byStatus(status: number | undefined): Meaning | undefined {
  if (status === undefined) return undefined;
  if (status === 429) return ["throttled", throttledAdvice];
  if (status === 501) return ["not-supported", "The store does not know what was asked for."];
  if (status >= 500) return ["unavailable", "The store failed on its side: call again."];
  if (status === 401) return ["unauthenticated", keysAdvice];
  if (status === 409) return ["conflict", "Call again."];
  return undefined;
}

function meaningOf({ code = "", status, message }: ClientError, { verb, bucket }: CallContext): Meaning {
  const known = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (known !== undefined) return known;
  // OSS says only in its message that a bucket lies in another region.
  if (status === 301 || status === 307 || message.includes("specified endpoint")) {
    return ["invalid-argument", "The bucket lies in another region: set the options region and endpoint to that."];
  }
  if (status === 403) {
    return ["permission-denied", `The credentials need ${permissions[verb]} on ${bucket} and this key.`];
  }
  // QpsLimitExceeded, DownloadTrafficRateLimitExceeded and their like.
  if (code.endsWith("LimitExceeded")) return ["throttled", throttledAdvice];
  if (certificateError.test(code)) return ["storage-failure", "The endpoint's TLS certificate is not trusted."];
  if (networkError.test(code)) return ["unavailable", networkAdvice];
  // What breaks after a good status line is the body: not what OSS sends.
  if (status === 200) return ["unavailable", "The answer arrived damaged: call again."];
  return byStatus(status) ?? ["storage-failure", "See the cause."];
}

/** Translates whatever an attempt rejected with, once. */
export function classifyFailure(error: unknown, context: CallContext): Failure {
  const { verb, key, storage } = context;
  const what = `${verb} of ${JSON.stringify(key)} in ${storage}`;
  if (isMeteringError(error)) {
    // Errors from below, such as those of assuming a role, do not know the call.
    const { code, message, cause } = error;
    const known = error.key === undefined ? new MeteringError(code, message, { key, storage, cause }) : error;
    return { error: known, retry: known.retryable };
  }
  if (!(error instanceof ClientError)) {
    const failed = new MeteringError("storage-failure", `${what} failed. See the cause.`, {
      key,
      storage,
      cause: error,
    });
    return { error: failed, retry: false };
  }
  const [code, advice] = meaningOf(error, context);
  const answer = [error.status, error.code ?? error.name].filter(Boolean).join(" ");
  const message =
    code === "not-found"
      ? `There is no ${JSON.stringify(key)} in ${storage}. ${advice}`
      : code === "already-exists"
        ? `There is a ${JSON.stringify(key)} in ${storage} already. ${advice}`
        : `${answer} (${error.message}) at ${what}. ${advice}`;
  const translated = new MeteringError(code, message, { key, storage, cause: error });
  return { error: translated, retry: translated.retryable, retryAfterMs: error.retryAfterMs };
}
