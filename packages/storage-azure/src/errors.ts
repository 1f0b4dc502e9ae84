import type { MeteringErrorCode } from "@metering/core";
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
  redactedCause,
  statusMeaning,
} from "@metering/storage-kit";

function header(headers: unknown, name: string): string | undefined {
  const get = readField(headers, "get");
  const value: unknown = typeof get === "function" ? Reflect.apply(get, headers, [name]) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads what the SDK threw. */
export function readCause(error: unknown, secrets: readonly (string | undefined)[], renewable: boolean): RedactedCause {
  const status = readField(error, "statusCode");
  if (typeof status !== "number") return redactedCause(error, secrets);
  const headers = readField(readField(error, "response"), "headers");
  const requestId = header(headers, "x-ms-request-id");
  // Every answer of Azure has a request id. Without it the message is not Azure's, or quotes all that was read.
  const isFromAzure = requestId !== undefined;
  const code = header(headers, "x-ms-error-code") ?? readText(readField(error, "details"), "errorCode");
  const [message = ""] = (readText(error, "message") ?? "").split("\n");
  return new RedactedCause("Error", isFromAzure ? redact(message, secrets) : "the answer is not one of Azure", {
    code: isFromAzure && code !== undefined ? redact(code, secrets) : undefined,
    status,
    requestId,
    retryAfterMs: parseRetryAfter(header(headers, "retry-after")),
    renewable,
  });
}

/** Whether the error says that the token is no longer, or never was, good. */
export function refusesToken(error: unknown): boolean {
  return readField(error, "statusCode") === 401;
}

/** The right that Azure asks for each verb: letter of a shared access signature, and built-in role. */
const rights = {
  put: "w, or c for new blobs (role Storage Blob Data Contributor)",
  get: "r (role Storage Blob Data Reader)",
  head: "r (role Storage Blob Data Reader)",
  delete: "d (role Storage Blob Data Contributor)",
  list: "l on the container (role Storage Blob Data Reader)",
} as const;

const keysAdvice = "Check the account key, the shared access signature with its start and end, or the credential.";
const clockAdvice = "Check also this machine's clock.";
const containerAdvice = "Create the container, or correct the options container and accountName.";
const policyAdvice = "A policy or lease keeps the blob as it is.";
const damagedAdvice = "The body arrived damaged: call again.";
const archivedAdvice = "Bring the blob back from the archive first.";

/** Error codes: https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes, and those of all services */
const meanings: Readonly<Record<string, readonly [code: MeteringErrorCode, advice: string]>> = {
  BlobNotFound: ["not-found", "Check the key."],
  ContainerNotFound: ["bucket-not-found", containerAdvice],
  ContainerDisabled: ["bucket-not-found", containerAdvice],
  ContainerBeingDeleted: ["bucket-not-found", containerAdvice],
  AccountIsDisabled: ["permission-denied", "Enable the account."],
  AuthenticationFailed: ["unauthenticated", `${keysAdvice} ${clockAdvice}`],
  InvalidAuthenticationInfo: ["unauthenticated", `${keysAdvice} ${clockAdvice}`],
  NoAuthenticationInformation: ["unauthenticated", keysAdvice],
  KeyBasedAuthenticationNotPermitted: ["unauthenticated", "The account takes no keys: give a credential."],
  BlobImmutableDueToPolicy: ["permission-denied", policyAdvice],
  LeaseIdMissing: ["permission-denied", policyAdvice],
  SnapshotsPresent: ["not-supported", "The blob has snapshots: remove them first."],
  BlobArchived: ["storage-failure", archivedAdvice],
  BlobBeingRehydrated: ["storage-failure", archivedAdvice],
  ServerBusy: ["throttled", "Send fewer requests at once, then call again."],
  OperationTimedOut: ["timeout", networkAdvice],
  Md5Mismatch: ["unavailable", damagedAdvice],
  RequestBodyTooLarge: ["too-large", "Store smaller objects."],
  InvalidResourceName: ["invalid-key", "Choose another key."],
  InvalidUri: ["invalid-key", "Choose another key."],
  OutOfRangeInput: ["invalid-key", "Choose another key."],
  // Of accounts with a hierarchical namespace, in which a folder and a blob cannot have the same name.
  PathConflict: ["not-supported", "Use an account without hierarchical namespace."],
  ResourceTypeMismatch: ["not-supported", "Use an account without hierarchical namespace."],
};

/** What an error means for a call on this container. */
export function meaningOf(cause: RedactedCause, { verb }: FailedCall, container: string): Meaning | undefined {
  const { code = "", status, requestId } = cause;
  const network = networkMeaning(code);
  if (network !== undefined) return network;
  const [known, advice = ""] = Object.hasOwn(meanings, code) ? (meanings[code] ?? []) : [];
  if (known !== undefined) return { code: known, advice };
  if (status === 403) {
    const needed = `The credentials need the right ${rights[verb]} in ${container}. Check the account's network rules, too.`;
    return { code: "permission-denied", advice: needed };
  }
  if (requestId === undefined && status !== undefined && status < 500 && status !== 408 && status !== 429) {
    return { code: "storage-failure", advice: "The answer is none of Azure: check endpoint and proxies." };
  }
  return statusMeaning(status);
}
