import {
  type FailedCall,
  type Meaning,
  networkAdvice,
  networkMeaning,
  parseRetryAfter,
  readField,
  readText,
  redact,
  RedactedCause,
  statusMeaning,
} from "@metering/storage-kit";
import type { MeteringErrorCode } from "@metering/core";

/** What is known about a failed request and contains no secrets. */
export class S3Cause extends RedactedCause {
  /** Region of the bucket, if the store tells it. */
  readonly region: string | undefined;
  /** Number of requests that the client sent. */
  readonly attempts: number;
  /** The machine's clock is wrong, and the client corrects for it from now on. */
  readonly clockCorrected: boolean;
  /** The response is a web page, so it does not come from S3. */
  readonly isPage: boolean;

  constructor(error: unknown, secrets: readonly (string | undefined)[], renewable: boolean) {
    const clean = (text: string): string => redact(text, secrets);
    const metadata = readField(error, "$metadata");
    const headers = readField(readField(error, "$response"), "headers");
    const status = readField(metadata, "httpStatusCode");
    const attempts = readField(metadata, "attempts");
    super(clean(readText(error, "name") ?? "Error"), clean(readText(error, "message") ?? ""), {
      code: readText(error, "code") ?? readText(readField(error, "cause"), "code"),
      status: typeof status === "number" ? status : undefined,
      requestId: readText(metadata, "requestId"),
      retryAfterMs: parseRetryAfter(readField(headers, "retry-after")),
      renewable,
    });
    this.region = readText(headers, "x-amz-bucket-region") ?? readText(error, "Region");
    this.attempts = typeof attempts === "number" ? attempts : 1;
    this.clockCorrected = readField(metadata, "clockSkewCorrected") === true;
    // Frameworks of other stores call an empty answer to HEAD a web page. A store sends a request id, a proxy does not.
    const isHtml = readText(headers, "content-type")?.startsWith("text/html") === true;
    this.isPage = isHtml && this.requestId === undefined;
  }
}

/** Reads an error of the AWS SDK or of Node's network. */
export function readCause(error: unknown, secrets: readonly (string | undefined)[] = [], renewable = false): S3Cause {
  return new S3Cause(error, secrets, renewable);
}

const refusedCredentials = new Set(["ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId"]);

/** Whether the error says that the credentials are expired or unknown. */
export function refusesCredentials(error: unknown): boolean {
  const name = readText(error, "name") ?? "";
  // The response to HEAD has no body and so no code. An expired session gets 400.
  const isNameless = name.startsWith("Unknown") && readField(readField(error, "$metadata"), "httpStatusCode") === 400;
  return isNameless || refusedCredentials.has(name);
}

/** The permission that each verb needs. */
const permissions = {
  put: "s3:PutObject",
  get: "s3:GetObject",
  head: "s3:GetObject",
  delete: "s3:DeleteObject",
  list: "s3:ListBucket",
} as const;

const keysAdvice = "Check the credentials: access key, secret key and, for a session, its token.";
const clockAdvice = "Set this machine's clock: it is more than 15 minutes off the store's.";
const throttledAdvice = "Send fewer requests at once and call again.";
const damagedAdvice = "The body was damaged or truncated in transit. Call again.";
const settingAdvice = "Check that the store supports the options bucket, encryption and storageClass.";

/** Error codes of S3 and of compatible stores: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const meanings: Readonly<Record<string, readonly [code: MeteringErrorCode, advice: string]>> = {
  NoSuchKey: ["not-found", "Check the key."],
  NoSuchBucket: ["bucket-not-found", "Create the bucket, or correct the option bucket."],
  ConditionalRequestConflict: ["conflict", "Call again."],
  OperationAborted: ["conflict", "Call again."],
  InvalidAccessKeyId: ["unauthenticated", keysAdvice],
  SignatureDoesNotMatch: ["unauthenticated", keysAdvice],
  InvalidToken: ["unauthenticated", keysAdvice],
  TokenRefreshRequired: ["unauthenticated", keysAdvice],
  CredentialsProviderError: ["unauthenticated", "Set the option credentials, or check environment and profile."],
  ExpiredToken: ["unauthenticated", "The session has expired. Use a function or assumeRole, which renew it."],
  RequestTimeTooSkewed: ["unauthenticated", clockAdvice],
  RequestExpired: ["unauthenticated", clockAdvice],
  SlowDown: ["throttled", throttledAdvice],
  TooManyRequests: ["throttled", throttledAdvice],
  RequestLimitExceeded: ["throttled", throttledAdvice],
  RequestTimeout: ["timeout", networkAdvice],
  TimeoutError: ["timeout", networkAdvice],
  BadDigest: ["unavailable", damagedAdvice],
  XAmzContentSHA256Mismatch: ["unavailable", damagedAdvice],
  IncompleteBody: ["unavailable", damagedAdvice],
  NotImplemented: ["not-supported", "The store does not support this request. See conditional writes in the README."],
  EntityTooLarge: ["too-large", "Store smaller objects."],
  KeyTooLongError: ["invalid-key", "Use a shorter key or prefix."],
  // Ceph's name for the same error.
  InvalidObjectName: ["invalid-key", "Use a shorter key or prefix."],
  InvalidBucketName: ["invalid-argument", settingAdvice],
  InvalidStorageClass: ["invalid-argument", settingAdvice],
  QuotaExceeded: ["out-of-space", "Free space or raise the quota."],
  InvalidObjectState: ["storage-failure", "Restore the object from the archive first."],
};

/** What an error means for a call on this bucket. */
export function meaningOf(cause: RedactedCause, { verb }: FailedCall, bucket: string): Meaning | undefined {
  const { name, code = "", status, message } = cause;
  const { region, clockCorrected = false, isPage = false } = cause instanceof S3Cause ? cause : {};
  if (status === 301 || status === 307 || name === "AuthorizationHeaderMalformed") {
    const where = region === undefined ? "in another region or at another endpoint" : `in region ${region}`;
    const advice = `The bucket is ${where}. Set the options region and endpoint accordingly.`;
    return { code: "invalid-argument", advice };
  }
  // Before the names, because the SDK names some broken connections timeouts.
  const network = networkMeaning(code);
  if (network !== undefined) return network;
  const [known, advice = ""] = Object.hasOwn(meanings, name) ? (meanings[name] ?? []) : [];
  if (known !== undefined) return { code: known, advice, ...(clockCorrected ? { retry: true } : {}) };
  if (isPage && (status ?? 0) < 500 && status !== 401 && status !== 403) {
    return { code: "storage-failure", advice: "The response is a web page. Check endpoint and proxies." };
  }
  if (status === 403) {
    const needed = `Check that the credentials are correct and allow ${permissions[verb]} on ${bucket} and this key.`;
    return { code: "permission-denied", advice: needed };
  }
  if (status === 412) {
    return {
      code: "storage-failure",
      advice: "A proxy between this machine and the store refused the condition. Check proxies.",
    };
  }
  if (name.startsWith("KMS."))
    return { code: "invalid-argument", advice: "Check the KMS key, its state and its policy." };
  if (message === "Region is missing") {
    return { code: "invalid-argument", advice: "Set the option region, or AWS_REGION." };
  }
  // A 404 without a code: only `get` requires that the object exists.
  if (status === 404) {
    const [missing, check = ""] = (verb === "get" ? meanings["NoSuchKey"] : meanings["NoSuchBucket"]) ?? [];
    return missing && { code: missing, advice: check };
  }
  return statusMeaning(status);
}
