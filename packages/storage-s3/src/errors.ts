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

/** What is known of a failed request and safe to pass on. */
export class S3Cause extends RedactedCause {
  /** Region in which the bucket lies, where the store says so. */
  readonly region: string | undefined;
  /** Requests that the client sent for this answer. */
  readonly attempts: number;
  /** The client's clock was wrong, and the client corrects it from now on. */
  readonly clockCorrected: boolean;
  /** The answer is a web page, so it is none of S3. */
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
    this.isPage = readText(headers, "content-type")?.startsWith("text/html") === true;
  }
}

/** Reads an error of the AWS SDK, of Node's network, or of anything below. */
export function readCause(error: unknown, secrets: readonly (string | undefined)[] = [], renewable = false): S3Cause {
  return new S3Cause(error, secrets, renewable);
}

const refusedCredentials = new Set(["ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidAccessKeyId"]);

/** Whether the error says that the credentials are no longer, or never were, the store's. */
export function refusesCredentials(error: unknown): boolean {
  const name = readText(error, "name") ?? "";
  // The answer to HEAD has no body, and so no code: 400 is what an expired session gets.
  const isNameless = name.startsWith("Unknown") && readField(readField(error, "$metadata"), "httpStatusCode") === 400;
  return isNameless || refusedCredentials.has(name);
}

/** The permission that S3 asks for each verb. */
const permissions = {
  put: "s3:PutObject",
  get: "s3:GetObject",
  head: "s3:GetObject",
  delete: "s3:DeleteObject",
  list: "s3:ListBucket",
} as const;

const keysAdvice = "Check the credentials: access key, secret key and, of a session, its token.";
const clockAdvice = "Set this machine's clock: it is more than 15 minutes off the store's.";
const throttledAdvice = "Send fewer requests at once, then call again.";
const damagedAdvice = "The body was damaged or cut on its way: call again.";
const settingAdvice = "Check bucket, encryption and storage class against what the store offers.";

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
  CredentialsProviderError: ["unauthenticated", "Give credentials, or check those of environment and profile."],
  ExpiredToken: ["unauthenticated", "The session has ended: let a function or assumeRole renew it."],
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

/** What an error means for a call on this bucket. */
export function meaningOf(cause: RedactedCause, { verb }: FailedCall, bucket: string): Meaning | undefined {
  const { name, code = "", status, message } = cause;
  const { region, clockCorrected = false, isPage = false } = cause instanceof S3Cause ? cause : {};
  if (status === 301 || status === 307 || name === "AuthorizationHeaderMalformed") {
    const where = region === undefined ? "in another region or behind another endpoint" : `in region ${region}`;
    const advice = `The bucket lies ${where}: set the options region and endpoint to that.`;
    return { code: "invalid-argument", advice };
  }
  // Before the names: the SDK gives some broken connections the name of a timeout.
  const network = networkMeaning(code);
  if (network !== undefined) return network;
  const [known, advice = ""] = Object.hasOwn(meanings, name) ? (meanings[name] ?? []) : [];
  if (known !== undefined) return { code: known, advice, ...(clockCorrected ? { retry: true } : {}) };
  if (isPage && (status ?? 0) < 500 && status !== 401 && status !== 403) {
    return { code: "storage-failure", advice: "The answer is a web page: check endpoint and proxies." };
  }
  if (status === 403) {
    const needed = `The credentials need ${permissions[verb]} on ${bucket} and this key, and must be right.`;
    return { code: "permission-denied", advice: needed };
  }
  if (status === 412) {
    return {
      code: "storage-failure",
      advice: "Something between here and the store refused the condition: check proxies.",
    };
  }
  if (name.startsWith("KMS."))
    return { code: "invalid-argument", advice: "Check the KMS key, its state and its policy." };
  if (message === "Region is missing") {
    return { code: "invalid-argument", advice: "Set the option region, or AWS_REGION." };
  }
  // Without a code in the answer: only a get asks for an object that has to be there.
  if (status === 404) {
    const [missing, check = ""] = (verb === "get" ? meanings["NoSuchKey"] : meanings["NoSuchBucket"]) ?? [];
    return missing && { code: missing, advice: check };
  }
  return statusMeaning(status);
}
