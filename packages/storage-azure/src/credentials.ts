import { isMeteringError, MeteringError } from "@metering/core";
import { networkMeaning, redactedCause, type TokenSource } from "@metering/storage-kit";
import type { AzureTokenCredential } from "./options.ts";

/** A token of Microsoft Entra ID. */
export interface AccessToken {
  readonly token: string;
  readonly expiration: Date;
}

const scope = "https://storage.azure.com/.default";

/** Gets tokens from a credential. Every failure becomes an error that says what to do. */
export function tokenSource(credential: AzureTokenCredential): TokenSource<AccessToken> {
  return async () => {
    try {
      const given = await credential.getToken(scope);
      if (!given?.token || !(given.expiresOnTimestamp > 0)) throw new TypeError("It returned no token with an expiry.");
      return { token: given.token, expiration: new Date(given.expiresOnTimestamp) };
    } catch (error) {
      if (isMeteringError(error)) throw error;
      const cause = redactedCause(error);
      const what = `No access token could be obtained: ${cause.name} (${cause.message}).`;
      if (networkMeaning(cause.code)?.code === "unavailable") {
        throw new MeteringError("unavailable", `${what} Check the network, then call again.`, { cause });
      }
      throw new MeteringError(
        "unauthenticated",
        `${what} Check the credential, or give accountKey, sasToken or connectionString.`,
        { cause },
      );
    }
  };
}
