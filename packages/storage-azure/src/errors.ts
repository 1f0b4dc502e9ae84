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

/** Reads an error of the SDK. */
export function readCause(error: unknown, secrets: readonly (string | undefined)[], renewable: boolean): RedactedCause {
  const status = readField(error, "statusCode");
  if (typeof status !== "number") return redactedCause(error, secrets);
  const headers = readField(readField(error, "response"), "headers");
  const requestId = header(headers, "x-ms-request-id");
  // Every response of Azure has a request id. Without one, the message may quote the whole response of somebody else.
  const isFromAzure = requestId !== undefined;
  const code = header(headers, "x-ms-error-code") ?? readText(readField(error, "details"), "errorCode");
  const [message = ""] = (readText(error, "message") ?? "").split("\n");
  return new RedactedCause("Error", isFromAzure ? redact(message, secrets) : "the response does not come from Azure", {
    code: isFromAzure && code !== undefined ? redact(code, secrets) : undefined,
    status,
    requestId,
    retryAfterMs: parseRetryAfter(header(headers, "retry-after")),
    renewable,
  });
}

/** Whether the store refused the token. */
export function refusesToken(error: unknown): boolean {
  return readField(error, "statusCode") === 401;
}

/** The right that each verb needs: letter of a shared access signature and built-in role. */
const rights = {
  put: "w, or c for new blobs (role Storage Blob Data Contributor)",
  get: "r (role Storage Blob Data Reader)",
  head: "r (role Storage Blob Data Reader)",
  delete: "d (role Storage Blob Data Contributor)",
  list: "l on the container (role Storage Blob Data Reader)",
} as const;

const keysAdvice = "Check the account key, the shared access signature and its validity period, or the credential.";
const clockAdvice = "Check also this machine's clock.";
const containerAdvice = "Create the container, or correct the options container and accountName.";
const policyAdvice = "A policy or lease keeps the blob as it is.";
const damagedAdvice = "The body arrived corrupt: call again.";
const archivedAdvice = "Rehydrate the blob from the archive first.";

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
  KeyBasedAuthenticationNotPermitted: ["unauthenticated", "The account refuses keys: use a credential."],
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
  // In accounts with a hierarchical namespace, a folder and a blob cannot have the same name.
  PathConflict: ["not-supported", "Use an account without hierarchical namespace."],
  ResourceTypeMismatch: ["not-supported", "Use an account without hierarchical namespace."],
};

/** What an error means for a call to this container. */
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
    return { code: "storage-failure", advice: "The response does not come from Azure: check endpoint and proxies." };
  }
  return statusMeaning(status);
}
