import { loggerProblem, MeteringError, parseOptions, type Logger } from "@metering/core";
import { integer, pattern, ruled } from "@metering/schema";
import * as z from "zod/mini";
import { isOssClient } from "./client.ts";
import { isCredentials } from "./credentials.ts";
import type { OssClient, OssCredentials, OssCredentialsProvider, OssStorageOptions } from "./options.ts";
import { parseRegion } from "./region.ts";

const isFunction = (value: unknown): boolean => typeof value === "function";

/** Whether a string is `host[:port]`, with or without a scheme. ali-oss does not support an IPv6 address as host. */
function isEndpoint(value: string, schemes: RegExp): boolean {
  const host = value.replace(schemes, "");
  const url = URL.canParse(`https://${host}`) ? new URL(`https://${host}`) : undefined;
  return (
    url !== undefined &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/" &&
    !host.startsWith("[")
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const schema = /* @__PURE__ */ (() => {
  const flag = z.optional(z.boolean("must be true or false"));
  return z.strictObject({
    bucket: pattern(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, "must be 3 to 63 lower-case letters, digits and hyphens"),
    region: z.optional(
      z.custom<string>(
        (value) => typeof value === "string" && parseRegion(value) !== undefined,
        'must be a region such as "cn-hangzhou" (for its internal endpoint, set internal)',
      ),
    ),
    prefix: z.optional(z.string("must be a string")),
    endpoint: z.optional(z.string("must be a string")),
    internal: flag,
    secure: flag,
    signatureVersion: z.optional(z.union([z.literal(1), z.literal(4)], { error: "must be 1 or 4" })),
    credentials: z.optional(
      z.custom<OssCredentials | OssCredentialsProvider>(
        (value) => isFunction(value) || isCredentials(value),
        "must be { accessKeyId, accessKeySecret, securityToken? } or a function that resolves to that",
      ),
    ),
    assumeRole: z.optional(
      z.strictObject({
        roleArn: pattern(
          /^acs:ram::\d+:role\/[\w.-]+$/,
          'must be the ARN of a role, such as "acs:ram::1234567890123456:role/name"',
        ),
        sessionName: z.optional(pattern(/^[\w.@-]{2,64}$/, "must be 2 to 64 letters, digits or .@-_")),
        externalId: z.optional(pattern(/^[\w=,.@:/-]{2,1224}$/, "must be 2 to 1224 letters, digits or =,.@:/-_")),
        durationSeconds: z.optional(integer(900, 43_200)),
        policy: z.optional(z.string("must be JSON").check(z.refine(isJson, "must be JSON"))),
        stsEndpoint: z.optional(z.string("must be a string")),
      }),
    ),
    client: z.optional(z.custom<OssClient>(isOssClient, "must be a client of ali-oss")),
    timeoutMs: z.optional(integer(1, 3_600_000)),
    connectTimeoutMs: z.optional(integer(1, 600_000)),
    maxAttempts: z.optional(integer(1, 20)),
    maxConnections: z.optional(integer(1, 1000)),
    logger: z.optional(ruled<Logger>(loggerProblem)),
  });
})();

const setByClient = [
  "region",
  "endpoint",
  "internal",
  "secure",
  "signatureVersion",
  "credentials",
  "assumeRole",
] as const satisfies readonly (keyof OssStorageOptions)[];

function refuse(problem: string): never {
  throw new MeteringError("invalid-argument", `Invalid options for OssStorage: ${problem}`);
}

/** Checks options and their combinations. Throws `invalid-argument`. */
export function checkOptions(input: OssStorageOptions): OssStorageOptions {
  const options = parseOptions(schema, input, "OssStorage");
  if (options.client !== undefined) {
    const clash = setByClient.find((name) => options[name] !== undefined);
    if (clash !== undefined) refuse(`${clash} cannot be given together with client. Set it on the client.`);
  } else if (options.region === undefined) {
    refuse('region: required. Give the region of the bucket, such as "cn-hangzhou".');
  }
  // Not in the schema, because its messages quote the value, and a URL may contain a password.
  if (options.endpoint !== undefined && !isEndpoint(options.endpoint, /^https?:\/\//)) {
    refuse(
      'endpoint: must be a URL such as "https://oss-cn-hangzhou.aliyuncs.com" or a host name, without user, path or query.',
    );
  }
  if (options.secure !== undefined && options.endpoint !== undefined) {
    const scheme = /^(https?):/.exec(options.endpoint)?.[1];
    if (scheme !== undefined && (scheme === "https") !== options.secure) {
      refuse(`secure is ${options.secure}, but endpoint begins with ${scheme}://. Leave one of them out.`);
    }
  }
  const stsEndpoint = options.assumeRole?.stsEndpoint;
  if (stsEndpoint !== undefined && !isEndpoint(stsEndpoint, /^https:\/\//)) {
    refuse('stsEndpoint: must be a host such as "sts.cn-hangzhou.aliyuncs.com"; STS is always used over TLS.');
  }
  if (options.endpoint !== undefined && options.internal !== undefined) {
    refuse("internal cannot be given together with endpoint. Set endpoint to the internal one.");
  }
  return options;
}
