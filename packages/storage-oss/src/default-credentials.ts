import { MeteringError } from "@metering/core";
import { readText, type TokenSource } from "@metering/storage-kit";
import { stsError } from "./assume-role.ts";
import { loadProviders } from "./credentials.ts";
import type { OssCredentials } from "./options.ts";

// The chain does not say when its sessions expire, and refreshes them itself: it is asked again after this time.
const askChainAgainMs = 60_000;

/**
 * The credentials of the environment, in the order of Alibaba Cloud's own chain (`@alicloud/credentials`):
 * environment variables, pod identity (RRSA), the configuration files of the CLI and the SDKs, the ECS
 * instance's role, a credentials URI.
 */
export function defaultCredentials(): TokenSource<OssCredentials> {
  const podIdentity = oidcCredentials();
  const chain = chainCredentials();
  return (fresh) => (usesPodIdentity(process.env) ? podIdentity(fresh) : chain(fresh));
}

/** RRSA sets these variables in a pod. Keys in the environment take precedence over it. */
function usesPodIdentity(env: NodeJS.ProcessEnv): boolean {
  const hasKeys = env["ALIBABA_CLOUD_ACCESS_KEY_ID"] && env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
  const { ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE } = env;
  return Boolean(
    !hasKeys && ALIBABA_CLOUD_ROLE_ARN && ALIBABA_CLOUD_OIDC_PROVIDER_ARN && ALIBABA_CLOUD_OIDC_TOKEN_FILE,
  );
}

/**
 * Pod identity without the chain, because the chain does not say when its session expires, so that an expired session
 * could be used.
 */
export function oidcCredentials(stsEndpoint?: string): TokenSource<OssCredentials> {
  return async () => {
    const { OIDCRoleArnCredentialsProvider } = await loadProviders();
    const builder = OIDCRoleArnCredentialsProvider.builder();
    if (stsEndpoint !== undefined) builder.withStsEndpoint(stsEndpoint);
    try {
      const { accessKeyId, accessKeySecret, securityToken, expiration } = await builder.build().getSession();
      return { accessKeyId, accessKeySecret, securityToken, expiration: new Date(expiration) };
    } catch (error) {
      throw stsError(error, "Could not exchange the pod's token (RRSA)");
    }
  };
}

function chainCredentials(): TokenSource<OssCredentials> {
  let chain: { getCredentials(): Promise<{ accessKeyId: string; accessKeySecret: string; securityToken: string }> };
  let isUsable = false;
  return async (fresh) => {
    const { DefaultCredentialsProvider } = await loadProviders();
    // After a failure, the chain only ever asks the last of its providers, so a new chain is created.
    if (!isUsable || fresh) chain = DefaultCredentialsProvider.builder().build();
    try {
      const { accessKeyId, accessKeySecret, securityToken } = await chain.getCredentials();
      isUsable = true;
      const expiration = new Date(Date.now() + askChainAgainMs);
      return { accessKeyId, accessKeySecret, securityToken: securityToken || undefined, expiration };
    } catch (error) {
      isUsable = false;
      throw chainError(error);
    }
  };
}

/** The chain's message may quote what it read, so it is not passed on. */
function chainError(error: unknown): MeteringError {
  const message = readText(error, "message") ?? "";
  // With a URI, the chain asks a server, whose failures may be transient.
  if (process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] && /\b5\d\d\b|E(CONN|TIMEDOUT|AI_AGAIN)|timeout/i.test(message)) {
    return new MeteringError("unavailable", "The server of ALIBABA_CLOUD_CREDENTIALS_URI failed. Call again.");
  }
  return new MeteringError(
    "unauthenticated",
    "Found no credentials in the environment, the pod, the configuration files or the instance's role. " +
      "Set the option credentials, or one of these.",
  );
}
