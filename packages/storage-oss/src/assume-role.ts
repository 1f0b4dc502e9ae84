import { MeteringError, type MeteringErrorCode } from "@metering/core";
import { readText, type TokenCache, type TokenSource } from "@metering/storage-kit";
import { loadProviders } from "./credentials.ts";
import type { AssumeRoleOptions, OssCredentials } from "./options.ts";

/** Settings of the STS request that the storage's other options give. */
export interface StsSettings {
  readonly region: string;
  readonly internal: boolean;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * Each call assumes the role again, through `@alicloud/credentials`.
 * The library's own session cache is not used: it refreshes a session of 15 minutes on every call, lets many callers
 * refresh at once, and returns expired sessions after a failed refresh.
 */
export function assumeRole(
  base: TokenCache<OssCredentials>,
  role: AssumeRoleOptions,
  sts: StsSettings,
): TokenSource<OssCredentials> {
  return async () => {
    const { RAMRoleARNCredentialsProvider } = await loadProviders();
    const keys = await base.get();
    const { accessKeyId, accessKeySecret, securityToken = "" } = keys;
    const from = { accessKeyId, accessKeySecret, securityToken, providerName: "metering" };
    const builder = RAMRoleARNCredentialsProvider.builder()
      .withCredentialsProvider({ getCredentials: async () => from, getProviderName: () => from.providerName })
      .withRoleArn(role.roleArn)
      .withRoleSessionName(role.sessionName ?? "metering")
      .withDurationSeconds(role.durationSeconds ?? 3600)
      .withStsRegionId(sts.region)
      .withEnableVpc(sts.internal)
      .withConnectTimeout(sts.connectTimeoutMs)
      .withReadTimeout(sts.timeoutMs);
    if (role.externalId !== undefined) builder.withExternalId(role.externalId);
    if (role.policy !== undefined) builder.withPolicy(role.policy);
    if (role.stsEndpoint !== undefined) builder.withStsEndpoint(role.stsEndpoint.replace(/^https:\/\//, ""));
    try {
      const session = await builder.build().getSession();
      const { accessKeyId: id, accessKeySecret: secret, securityToken: token, expiration } = session;
      return { accessKeyId: id, accessKeySecret: secret, securityToken: token, expiration: new Date(expiration) };
    } catch (error) {
      const failure = stsError(error, `Could not assume ${role.roleArn}`);
      // The base credentials may have been replaced: the next attempt asks for new ones.
      if (failure.code === "unauthenticated") base.drop(keys);
      throw failure;
    }
  };
}

/**
 * Translates an error of `@alicloud/credentials`. Its message may quote the request's URL, with token and signature, or
 * the response body, so only STS's own code is taken from it.
 */
export function stsError(error: unknown, what: string): MeteringError {
  const message = readText(error, "message") ?? "";
  const stsCode =
    /"Code":\s*"([\w.]+)"/.exec(message)?.[1] ??
    (message.includes("secret is invalid") ? "SignatureDoesNotMatch" : undefined);
  if (stsCode !== undefined) {
    const { code, advice } = meaningOf(stsCode);
    return new MeteringError(code, `${what}: STS returned ${stsCode}. ${advice}`);
  }
  const isTimeout = /timeout/i.test(`${readText(error, "name")} ${message.slice(0, 40)}`);
  return new MeteringError(
    isTimeout ? "timeout" : "unavailable",
    `${what}: no usable response from STS. Check stsEndpoint, region and network, or call again.`,
  );
}

function meaningOf(stsCode: string): { code: MeteringErrorCode; advice: string } {
  if (stsCode.startsWith("Throttling")) return { code: "throttled", advice: "Call again later." };
  if (/^(InternalError|ServiceUnavailable)/.test(stsCode)) return { code: "unavailable", advice: "Call again later." };
  if (/NoPermission|Forbidden/.test(stsCode)) {
    return {
      code: "permission-denied",
      advice: "Allow the caller sts:AssumeRole, and name the caller (and external id) in the role's trust policy.",
    };
  }
  if (/^EntityNotExist|^InvalidParameter/.test(stsCode)) {
    return { code: "permission-denied", advice: "Correct the options of assumeRole." };
  }
  return {
    code: "unauthenticated",
    advice: "Check the base credentials and this machine's clock.",
  };
}
