import type * as s3 from "@aws-sdk/client-s3";
import { silentLogger } from "@metering/core";
import { assumedRole } from "./assume-role.ts";
import { toSdkCredentials } from "./identity.ts";
import type { S3StorageOptions } from "./options.ts";

/** The AWS SDK's module: loaded with the first call, so that an app which never makes one does not pay for it. */
export type S3Module = typeof s3;

export const loadS3Module = (): Promise<S3Module> => import("@aws-sdk/client-s3");

/** Makes a client as the options say. Attempts are counted by the caller, so it makes one for each request. */
export function createClient({ S3Client }: S3Module, options: S3StorageOptions): s3.S3Client {
  const { region, endpoint, forcePathStyle = false, credentials, assumeRole, logger = silentLogger } = options;
  const { timeoutMs = 30_000, connectTimeoutMs = 5_000, maxConnections = 50 } = options;
  const identity =
    assumeRole === undefined
      ? credentials
      : assumedRole(assumeRole, { credentials, region, timeoutMs, connectTimeoutMs, logger });
  const agent = { maxSockets: maxConnections };
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(identity === undefined ? {} : { credentials: toSdkCredentials(identity) }),
    forcePathStyle,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: connectTimeoutMs, httpAgent: agent, httpsAgent: agent },
  });
}
