import { MeteringError, type Logger } from "@metering/core";
import { plainCause, readClientError } from "./client-error.ts";
import { toSdkCredentials } from "./identity.ts";
import { keepFresh } from "./fresh-credentials.ts";
import type { AssumeRoleOptions, S3Credentials, S3CredentialsProvider } from "./options.ts";

/** What a role is assumed with. */
export interface RoleContext {
  /** Default: the SDK's chain. */
  readonly credentials: S3Credentials | S3CredentialsProvider | undefined;
  readonly region: string | undefined;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly logger: Logger;
}

function roleError(error: unknown, roleArn: string): MeteringError {
  const { name, message, status } = readClientError(error);
  const cause = plainCause(error);
  const what = `Could not assume ${roleArn}: ${name} (${message}).`;
  if (name === "AccessDenied" || name === "AccessDeniedException") {
    const advice = "Check the ARN, the role's trust policy, its external id, and sts:AssumeRole of the credentials.";
    return new MeteringError("permission-denied", `${what} ${advice}`, { cause });
  }
  if (status === undefined || status >= 500 || status === 429) {
    if (name === "CredentialsProviderError") {
      return new MeteringError("unauthenticated", `${what} Give credentials to assume it with.`, { cause });
    }
    return new MeteringError("unavailable", `${what} Check the STS endpoint, then call again.`, { cause });
  }
  const code = status === 400 && name === "ValidationError" ? "invalid-argument" : "unauthenticated";
  return new MeteringError(code, `${what} Check assumeRole and the credentials it is assumed with.`, { cause });
}

/** Credentials of an assumed role, renewed before they expire. */
export function assumedRole(options: AssumeRoleOptions, context: RoleContext): S3CredentialsProvider {
  const { roleArn, sessionName = "metering", externalId, durationSeconds = 3600, stsEndpoint } = options;
  const { credentials, region, timeoutMs, connectTimeoutMs, logger } = context;
  let provider: S3CredentialsProvider | undefined;

  async function createProvider(): Promise<S3CredentialsProvider> {
    const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
    return fromTemporaryCredentials({
      params: {
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: durationSeconds,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      },
      ...(credentials === undefined ? {} : { masterCredentials: toSdkCredentials(credentials) }),
      clientConfig: {
        ...(region === undefined ? {} : { region }),
        ...(stsEndpoint === undefined ? {} : { endpoint: stsEndpoint }),
        requestHandler: {
          connectionTimeout: connectTimeoutMs,
          requestTimeout: timeoutMs,
          throwOnRequestTimeout: true,
          // Sessions are rare: no connection is kept open, so there is none to close.
          httpAgent: { keepAlive: false },
          httpsAgent: { keepAlive: false },
        },
      },
    });
  }

  return keepFresh(async () => {
    try {
      provider ??= await createProvider();
      return await provider();
    } catch (error) {
      throw roleError(error, roleArn);
    }
  }, logger);
}
