import { isMeteringError, MeteringError } from "@metering/core";
import { plainCause } from "./client-error.ts";
import type { S3Credentials, S3CredentialsProvider } from "./options.ts";

/** Credentials as the AWS SDK's types want them: what is not set is not there. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

function toIdentity({ accessKeyId, secretAccessKey, sessionToken, expiration }: S3Credentials): Identity {
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(expiration === undefined ? {} : { expiration }),
  };
}

/** Keys as they are; a provider so that whatever it does wrong becomes an `unauthenticated` error. */
export function toSdkCredentials(
  credentials: S3Credentials | S3CredentialsProvider,
): Identity | (() => Promise<Identity>) {
  if (typeof credentials !== "function") return toIdentity(credentials);
  return async () => {
    try {
      const given = await credentials();
      if (!given?.accessKeyId || !given.secretAccessKey)
        throw new TypeError("It resolved to no access key and secret key.");
      return toIdentity(given);
    } catch (error) {
      if (isMeteringError(error)) throw error;
      throw new MeteringError("unauthenticated", "The provider given as credentials failed. See the cause.", {
        cause: plainCause(error),
      });
    }
  };
}
