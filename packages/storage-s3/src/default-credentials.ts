import { MeteringError } from "@metering/core";
import { networkMeaning, type TokenSource } from "@metering/storage-kit";
import { type Identity, loadProviders, toIdentity } from "./credentials.ts";
import { readCause } from "./errors.ts";

function chainError(error: unknown): MeteringError {
  const cause = readCause(error);
  const { name, code, status, message } = cause;
  const what = `Could not obtain credentials: ${name} (${message}).`;
  if (code === "ENOENT") {
    const advice = "Check the paths in AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE.";
    return new MeteringError("unauthenticated", `${what} ${advice}`, { cause });
  }
  if ((status ?? 0) >= 500 || networkMeaning(code)?.code === "unavailable") {
    return new MeteringError("unavailable", `${what} Their source failed. Call again.`, { cause });
  }
  const advice =
    status === undefined
      ? "Set the option credentials, or provide credentials in the environment, profile, pod or instance."
      : "Check the role, its trust policy, and the token of the pod or session.";
  return new MeteringError("unauthenticated", `${what} ${advice}`, { cause });
}

/** The AWS SDK's chain: environment, profile and SSO, web identity of a pod, container, instance. */
export function defaultCredentials(region: string | undefined): TokenSource<Identity> {
  return async (fresh) => {
    const { fromNodeProviderChain } = await loadProviders();
    const clientConfig = region === undefined ? {} : { clientConfig: { region } };
    try {
      // A new chain each time: the token cache does the caching. `ignoreCache` makes the SDK read its files again.
      return toIdentity(await fromNodeProviderChain({ ...clientConfig, ignoreCache: fresh })());
    } catch (error) {
      throw chainError(error);
    }
  };
}
