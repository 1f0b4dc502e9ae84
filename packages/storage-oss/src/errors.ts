import type { IncomingHttpHeaders } from "node:http";
import type { MeteringErrorCode } from "@metering/core";
import {
  type FailedCall,
  type Meaning,
  networkAdvice,
  networkMeaning,
  parseRetryAfter,
  readText,
  redact,
  RedactedCause,
  statusMeaning,
} from "@metering/storage-kit";

/** Status and headers of a failed request. */
export interface FailedAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Reads an error that ali-oss threw after a response. */
export function readCause(
  error: unknown,
  { status, headers }: FailedAnswer,
  secrets: readonly (string | undefined)[],
  renewable: boolean,
): RedactedCause {
  const requestId = readText(headers, "x-oss-request-id");
  const retryAfterMs = parseRetryAfter(headers["retry-after"]);
  // ali-oss invents a code if a response has none. Every response of OSS has a request id.
  const isFromOss = requestId !== undefined || readText(headers, "server")?.includes("OSS") === true;
  const code = isFromOss ? readText(error, "code") : undefined;
  // Without a code, the message is not OSS's. It may be the XML parser's, which quotes all its input.
  const message =
    code === undefined ? "the response does not come from OSS" : redact(readText(error, "message") ?? "", secrets);
  return new RedactedCause(redact(readText(error, "name") ?? "Error", secrets), message, {
    code,
    status,
    requestId,
    retryAfterMs,
    renewable,
  });
}

const refusedCredentials = new Set([
  "SecurityTokenExpired",
  "InvalidSecurityToken",
  "InvalidAccessKeyId",
  "AccessKeyIdAndSecurityTokenNotMatch",
]);

/** Whether the error says that the credentials are no longer, or never were, the store's. */
export function refusesCredentials(error: unknown): boolean {
  return refusedCredentials.has(readText(error, "code") ?? "");
}

/** The permission that OSS asks for each verb. */
const permissions = {
  put: "oss:PutObject",
  get: "oss:GetObject",
  head: "oss:GetObject",
  delete: "oss:DeleteObject",
  list: "oss:ListObjects",
} as const;

const keysAdvice = "Check the credentials: access key, secret and, of a session, its token.";
const throttledAdvice = "Send fewer requests at once, then call again.";

/** Error codes of OSS: https://www.alibabacloud.com/help/en/document_detail/32005.html */
const meanings: Readonly<Record<string, readonly [code: MeteringErrorCode, advice: string]>> = {
  NoSuchKey: ["not-found", "Check the key."],
  NoSuchBucket: ["bucket-not-found", "Create the bucket, or correct the options bucket, region and endpoint."],
  FileAlreadyExists: ["already-exists", "The stored object is unchanged."],
  FileImmutable: ["permission-denied", "A retention policy of the bucket protects the object."],
  InvalidAccessKeyId: ["unauthenticated", keysAdvice],
  SignatureDoesNotMatch: ["unauthenticated", `${keysAdvice} The option region must be the bucket's region.`],
  InvalidSecurityToken: ["unauthenticated", keysAdvice],
  AccessKeyIdAndSecurityTokenNotMatch: ["unauthenticated", keysAdvice],
  SecurityTokenExpired: ["unauthenticated", "The session has expired. Use a function or assumeRole, which renew it."],
  RequestTimeTooSkewed: ["unauthenticated", "Set this machine's clock: it is more than 15 minutes off the store's."],
  RequestTimeout: ["timeout", networkAdvice],
  SlowDown: ["throttled", throttledAdvice],
  InvalidDigest: ["unavailable", "The body was damaged in transit. Call again."],
  NotImplemented: ["not-supported", "The store does not support this request."],
  EntityTooLarge: ["too-large", "Store smaller objects."],
  InvalidObjectName: ["invalid-key", "Choose another key."],
  InvalidBucketName: ["invalid-argument", "Correct the option bucket."],
};

/** What an error means for a call on this bucket. */
export function meaningOf(cause: RedactedCause, { verb }: FailedCall, bucket: string): Meaning | undefined {
  const { code = "", status, message } = cause;
  const network = networkMeaning(code);
  if (network !== undefined) return network;
  const [known, advice = ""] = Object.hasOwn(meanings, code) ? (meanings[code] ?? []) : [];
  if (known !== undefined) return { code: known, advice };
  // Only OSS's message says that the bucket is in another region, or that the signature names another one.
  if (status === 301 || status === 307 || /specified endpoint|signing region/i.test(message)) {
    const elsewhere = "The bucket is in another region. Set the options region and endpoint accordingly.";
    return { code: "invalid-argument", advice: elsewhere };
  }
  if (status === 403) {
    return {
      code: "permission-denied",
      advice: `The credentials need ${permissions[verb]} on ${bucket} and this key.`,
    };
  }
  // QpsLimitExceeded, DownloadTrafficRateLimitExceeded and their like.
  if (code.endsWith("LimitExceeded")) return { code: "throttled", advice: throttledAdvice };
  if (status === 404) {
    return { code: "storage-failure", advice: "The response does not come from OSS. Check endpoint and proxies." };
  }
  return statusMeaning(status);
}
