import { isMeteringError, MeteringError } from "@metering/core";
import { networkMeaning, type TokenCache, type TokenSource } from "@metering/storage-kit";
import { type Identity, loadProviders, toIdentity } from "./credentials.ts";
import { readCause } from "./errors.ts";
import type { AssumeRoleOptions } from "./options.ts";

/** Settings of the STS request that the storage's other options give. */
export interface StsSettings {
  readonly region: string | undefined;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
}

function roleError(error: unknown, roleArn: string): MeteringError {
  if (isMeteringError(error)) return new MeteringError(error.code, error.message, { cause: error.cause });
  const cause = readCause(error);
  const { name, message, status, code } = cause;
  const what = `Could not assume ${roleArn}: ${name} (${message}).`;
  if (name === "AccessDenied" || name === "AccessDeniedException") {
    const advice = "Check the ARN, the role's trust policy, its external id, and sts:AssumeRole of the credentials.";
    return new MeteringError("permission-denied", `${what} ${advice}`, { cause });
  }
  if (status === undefined || status >= 500 || status === 429 || networkMeaning(code) !== undefined) {
    return new MeteringError("unavailable", `${what} Check the STS endpoint, then call again.`, { cause });
  }
  const invalid = status === 400 && name === "ValidationError";
  return new MeteringError(
    invalid ? "invalid-argument" : "unauthenticated",
    `${what} Check assumeRole and the credentials it is assumed with.`,
    { cause },
  );
}

/** Each call assumes the role once, with the credentials of `base`. */
export function assumeRole(
  base: TokenCache<Identity>,
  role: AssumeRoleOptions,
  { region, timeoutMs, connectTimeoutMs }: StsSettings,
): TokenSource<Identity> {
  const { roleArn, sessionName = "metering", externalId, durationSeconds = 3600, stsEndpoint } = role;
  return async () => {
    const { fromTemporaryCredentials } = await loadProviders();
    const masterCredentials = await base.get();
    const assume = fromTemporaryCredentials({
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: durationSeconds,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      masterCredentials,
      clientConfig: {
        ...(region === undefined ? {} : { region }),
        ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
        requestHandler: {
          connectionTimeout: connectTimeoutMs,
          requestTimeout: timeoutMs,
          throwOnRequestTimeout: true,
          // Requests for sessions are rare, so no connection is kept open that would have to be closed.
          httpAgent: { keepAlive: false },
          httpsAgent: { keepAlive: false },
        },
      },
    });
    try {
      return toIdentity(await assume());
    } catch (error) {
      const failure = roleError(error, roleArn);
      // The base credentials may have been replaced: the next attempt asks for new ones.
      if (failure.code === "unauthenticated") base.drop(masterCredentials);
      throw failure;
    }
  };
}
