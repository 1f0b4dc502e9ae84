import { MeteringError } from "@metering/core";
import { stsError } from "./assume-role.ts";
import type { OssCredentialsProvider } from "./credentials.ts";

/**
 * The credentials a program finds where it runs, in the order of Alibaba Cloud's own chain (`@alicloud/credentials`):
 * environment variables, pod identity (RRSA), the configuration files of the command line and the SDKs, the ECS
 * instance's role, a credentials URI.
 */
export function defaultCredentials(): OssCredentialsProvider {
  const podIdentity = oidcCredentials();
  const chain = chainCredentials();
  return () => (usesPodIdentity(process.env) ? podIdentity() : chain());
}

/** RRSA sets these in a pod; keys in the environment come before it in the chain. */
function usesPodIdentity(env: NodeJS.ProcessEnv): boolean {
  const hasKeys = env["ALIBABA_CLOUD_ACCESS_KEY_ID"] && env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
  const { ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE } = env;
  return Boolean(
    !hasKeys && ALIBABA_CLOUD_ROLE_ARN && ALIBABA_CLOUD_OIDC_PROVIDER_ARN && ALIBABA_CLOUD_OIDC_TOKEN_FILE,
  );
}

/**
 * Pod identity apart from the chain, because the chain does not say when its session ends, so nobody could keep it
 * from being used after that.
 */
export function oidcCredentials(stsEndpoint?: string): OssCredentialsProvider {
  return async () => {
    const { OIDCRoleArnCredentialsProvider } = await import("@alicloud/credentials");
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

function chainCredentials(): OssCredentialsProvider {
  let chain: { getCredentials(): Promise<{ accessKeyId: string; accessKeySecret: string; securityToken: string }> };
  let isUsable = false;
  return async () => {
    const { DefaultCredentialsProvider } = await import("@alicloud/credentials");
    // After a failure the chain asks only the last of its providers for ever, so it is made anew.
    if (!isUsable) chain = DefaultCredentialsProvider.builder().build();
    try {
      const { accessKeyId, accessKeySecret, securityToken } = await chain.getCredentials();
      isUsable = true;
      return { accessKeyId, accessKeySecret, securityToken: securityToken || undefined };
    } catch {
      isUsable = false;
      throw new MeteringError(
        "unauthenticated",
        "No credentials were found in the environment, the pod, the configuration files or the instance's role. " +
          "Give the option credentials, or set up one of these.",
      );
    }
  };
}
