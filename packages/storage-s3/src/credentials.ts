import { isMeteringError, MeteringError } from "@metering/core";
import { loadDependency, redactedCause, type TokenSource } from "@metering/storage-kit";
import type { S3Credentials, S3CredentialsProvider } from "./options.ts";

/** Credentials as the AWS SDK's types require: an unset property is absent, not `undefined`. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export function toIdentity({ accessKeyId, secretAccessKey, sessionToken, expiration }: S3Credentials): Identity {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

/** The caller's function. Its failures become `unauthenticated` errors. */
export function callerCredentials(provider: S3CredentialsProvider): TokenSource<Identity> {
  return async () => {
    try {
      const given = await provider();
      if (!given?.accessKeyId || !given.secretAccessKey) {
        throw new TypeError("It did not resolve to an access key and a secret key.");
      }
      return toIdentity(given);
    } catch (error) {
      if (isMeteringError(error)) throw error;
      throw new MeteringError("unauthenticated", "The function given as credentials failed. See the cause.", {
        cause: redactedCause(error),
      });
    }
  };
}

/** The AWS SDK's ways to get credentials: loaded when one is needed. */
export const loadProviders = () =>
  loadDependency("@aws-sdk/credential-providers", () => import("@aws-sdk/credential-providers"));
