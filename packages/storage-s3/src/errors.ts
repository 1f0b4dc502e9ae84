import { isMeteringError, MeteringError, type MeteringErrorCode } from "@metering/core";
import type { Failure } from "@metering/storage-kit";
import { type ClientError, plainCause, readClientError } from "./client-error.ts";

/** The verbs of the contract, and the permission that S3 asks for each. */
const permissions = {
  put: "s3:PutObject",
  get: "s3:GetObject",
  head: "s3:GetObject",
  delete: "s3:DeleteObject",
  list: "s3:ListBucket",
} as const;

/** The call that an error belongs to. */
export interface CallContext {
  readonly verb: keyof typeof permissions;
  readonly key: string;
  readonly storage: string;
  readonly bucket: string;
}

type Meaning = readonly [code: MeteringErrorCode, advice: string];

const keysAdvice = "Check the credentials: access key, secret key and, of a session, its token.";
const networkAdvice = "Check the endpoint and the network, then call again.";
const settingAdvice = "Check bucket, encryption and storage class against what the store offers.";

/** Error codes of S3 and of compatible stores: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const meanings: Readonly<Record<string, Meaning>> = {
  NoSuchKey: ["not-found", "Check the key."],
  NoSuchBucket: ["bucket-not-found", "Create the bucket, or correct the option bucket."],
  PreconditionFailed: ["already-exists", "It was left as it was."],
  ConditionalRequestConflict: ["conflict", "Call again."],
  OperationAborted: ["conflict", "Call again."],
  InvalidAccessKeyId: ["unauthenticated", keysAdvice],
  SignatureDoesNotMatch: ["unauthenticated", keysAdvice],
  InvalidToken: ["unauthenticated", keysAdvice],
  TokenRefreshRequired: ["unauthenticated", keysAdvice],
  CredentialsProviderError: ["unauthenticated", "Give credentials, or check those of environment and profile."],
  ExpiredToken: ["unauthenticated", "The session has ended: let a provider or assumeRole renew it."],
  RequestTimeTooSkewed: ["unauthenticated", "Set this machine's clock: it is more than 15 minutes off the store's."],
  RequestExpired: ["unauthenticated", "Set this machine's clock: it is more than 15 minutes off the store's."],
  SlowDown: ["throttled", "Send fewer requests at once, then call again."],
  TooManyRequests: ["throttled", "Send fewer requests at once, then call again."],
  RequestLimitExceeded: ["throttled", "Send fewer requests at once, then call again."],
  RequestTimeout: ["timeout", networkAdvice],
  TimeoutError: ["timeout", networkAdvice],
  NotImplemented: ["not-supported", "The store does not know what was asked for (see conditional writes)."],
  EntityTooLarge: ["too-large", "Store smaller objects."],
  KeyTooLongError: ["invalid-key", "Use a shorter key or prefix."],
  // Ceph's word for the same.
  InvalidObjectName: ["invalid-key", "Use a shorter key or prefix."],
  InvalidBucketName: ["invalid-argument", settingAdvice],
  InvalidStorageClass: ["invalid-argument", settingAdvice],
  QuotaExceeded: ["out-of-space", "Free space or raise the quota."],
  InvalidObjectState: ["storage-failure", "Restore the object from its archive first."],
};

const tlsError = /^(EPROTO$|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(VERIFY|GET))/;
// Node's codes of broken, refused and unresolved connections.
const networkError = /^E(CONN|HOST|NET|PIPE|AI_|ADDRNOTAVAIL|NOTFOUND)/;

function byStatus(status: number | undefined, verb: CallContext["verb"]): Meaning | undefined {
  if (status === undefined) return undefined;
  // Without a code in the answer: only a get asks for an object that has to be there.
  if (status === 404) return verb === "get" ? meanings.NoSuchKey : meanings.NoSuchBucket;
  if (status === 429) return ["throttled", "Send fewer requests at once, then call again."];
  if (status === 501) return ["not-supported", "The store does not know what was asked for."];
  if (status === 507) return ["out-of-space", "Free space or raise the quota."];
  if (status >= 500) return ["unavailable", "The store failed on its side: call again."];
  if (status === 401) return ["unauthenticated", keysAdvice];
  if (status === 412) return ["already-exists", "It was left as it was."];
  if (status === 409) return ["conflict", "Call again."];
  return undefined;
}

function meaningOf(error: ClientError, { verb, bucket }: CallContext): Meaning {
  const { name, code = "", status, region, message } = error;
  if (status === 301 || status === 307 || name === "AuthorizationHeaderMalformed") {
    const where = region === undefined ? "in another region or behind another endpoint" : `in region ${region}`;
    return ["invalid-argument", `The bucket lies ${where}: set the options region and endpoint to that.`];
  }
  // Before the names: the SDK gives some broken connections the name of a timeout.
  if (networkError.test(code)) return ["unavailable", networkAdvice];
  const known = Object.hasOwn(meanings, name) ? meanings[name] : undefined;
  if (known !== undefined) return known;
  if (status === 403) {
    return [
      "permission-denied",
      `The credentials need ${permissions[verb]} on ${bucket} and this key, and must be right.`,
    ];
  }
  if (name.startsWith("KMS.")) return ["invalid-argument", "Check the KMS key, its state and its policy."];
  if (message === "Region is missing") return ["invalid-argument", "Set the option region, or AWS_REGION."];
  if (tlsError.test(code)) return ["storage-failure", "Check the endpoint's scheme and its TLS certificate."];
  // What breaks after a good status line is the body: cut off, damaged, or not what S3 sends.
  if (status === 200) return ["unavailable", "The answer arrived damaged: call again."];
  return byStatus(status, verb) ?? ["storage-failure", "See the cause."];
}

/** Translates whatever an attempt rejected with, once. */
export function classifyFailure(error: unknown, context: CallContext): Failure {
  const { verb, key, storage } = context;
  const what = `${verb} of ${JSON.stringify(key)} in ${storage}`;
  if (isMeteringError(error)) {
    // Errors from below the client, such as those of assuming a role, do not know the call.
    const { code, message, cause } = error;
    const known = error.key === undefined ? new MeteringError(code, message, { key, storage, cause }) : error;
    return { error: known, retry: known.retryable };
  }
  const clientError = readClientError(error);
  const [code, advice] = meaningOf(clientError, context);
  const answer = [clientError.name, clientError.status, clientError.code].filter(Boolean).join(" ");
  const message =
    code === "not-found"
      ? `There is no ${JSON.stringify(key)} in ${storage}. ${advice}`
      : code === "already-exists"
        ? `There is a ${JSON.stringify(key)} in ${storage} already. ${advice}`
        : `${answer} (${clientError.message}) at ${what}. ${advice}`;
  const translated = new MeteringError(code, message, { key, storage, cause: plainCause(error) });
  return {
    error: translated,
    retry: translated.retryable || clientError.clockCorrected,
    retryAfterMs: clientError.retryAfterMs,
  };
}
