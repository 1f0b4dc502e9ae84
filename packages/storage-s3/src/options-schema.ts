import type { S3Client } from "@aws-sdk/client-s3";
import { loggerProblem, MeteringError, parseOptions, type Logger } from "@metering/core";
import { integer, pattern, ruled } from "@metering/schema";
import * as z from "zod/mini";
import { storageClasses, type S3CredentialsProvider, type S3StorageOptions } from "./options.ts";

const httpUrl = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/"
  );
};

const urlRule = 'must be a URL such as "https://s3.example.com", without user, path or query';
const isFunction = (value: unknown): boolean => typeof value === "function";

const schema = /* @__PURE__ */ (() => {
  const url = z.optional(z.custom<string>((value) => typeof value === "string" && httpUrl(value), urlRule));
  // Not strict: the SDK's own identities have more properties, and the SDK adds some to objects given to its clients.
  const keys = z.object({
    accessKeyId: pattern(/^[\x21-\x7e]+$/, "must be a string without spaces"),
    secretAccessKey: pattern(/^[\x21-\x7e]+$/, "must be a string without spaces"),
    sessionToken: z.optional(pattern(/^[\x21-\x7e]+$/, "must be a string without spaces")),
    expiration: z.optional(z.date("must be a Date")),
  });
  return z.strictObject({
    bucket: z
      .string("must be a bucket name")
      .check(
        z.regex(
          /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
          "must be a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens",
        ),
      ),
    region: z.optional(pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a region such as "eu-west-1"')),
    prefix: z.optional(z.string("must be a string")),
    endpoint: url,
    forcePathStyle: z.optional(z.boolean("must be true or false")),
    credentials: z.optional(
      z.union([keys, z.custom<S3CredentialsProvider>(isFunction)], {
        error: "must be { accessKeyId, secretAccessKey, sessionToken? } or a function that resolves to that",
      }),
    ),
    assumeRole: z.optional(
      z.strictObject({
        roleArn: pattern(
          /^arn:[\w-]+:iam::(\d{12})?:role\/[\w+=,.@/-]+$/,
          'must be the ARN of a role, such as "arn:aws:iam::123456789012:role/name"',
        ),
        sessionName: z.optional(pattern(/^[\w+=,.@-]{2,64}$/, "must be 2 to 64 letters, digits or +=,.@-_")),
        externalId: z.optional(pattern(/^[\w+=,.@:/-]{2,1224}$/, "must be 2 to 1224 letters, digits or +=,.@:/-_")),
        durationSeconds: z.optional(integer(900, 43_200)),
        stsEndpoint: url,
      }),
    ),
    client: z.optional(
      z.custom<S3Client>(
        (value) => typeof value === "object" && value !== null && "send" in value && "config" in value,
        "must be an S3Client of @aws-sdk/client-s3",
      ),
    ),
    timeoutMs: z.optional(integer(1, 3_600_000)),
    connectTimeoutMs: z.optional(integer(1, 600_000)),
    maxAttempts: z.optional(integer(1, 20)),
    maxConnections: z.optional(integer(1, 1000)),
    encryption: z.optional(
      z.discriminatedUnion(
        "type",
        [
          z.strictObject({ type: z.literal("sse-s3") }),
          z.strictObject({
            type: z.literal("sse-kms"),
            keyId: z.optional(pattern(/^\S+$/, "must be the id or ARN of a key")),
          }),
        ],
        { error: 'must be { type: "sse-s3" } or { type: "sse-kms", keyId? }' },
      ),
    ),
    storageClass: z.optional(z.enum(storageClasses, `must be one of ${storageClasses.join(", ")}`)),
    logger: z.optional(ruled<Logger>(loggerProblem)),
  });
})();

const setByClient = [
  "region",
  "endpoint",
  "forcePathStyle",
  "credentials",
  "assumeRole",
  "connectTimeoutMs",
] as const satisfies readonly (keyof S3StorageOptions)[];

/** A URL may contain a password, and the schema's messages quote the value, so this runs first. */
function refuseUserInUrl(name: string, url: unknown): void {
  if (typeof url !== "string" || !url.includes("@")) return;
  throw new MeteringError(
    "invalid-argument",
    `Invalid options for S3Storage: ${name} must be a URL without user and password. Use the option credentials.`,
  );
}

/** Checks options and their combinations. Throws `invalid-argument`. */
export function checkOptions(input: S3StorageOptions): S3StorageOptions {
  refuseUserInUrl("endpoint", input?.endpoint);
  refuseUserInUrl("stsEndpoint", input?.assumeRole?.stsEndpoint);
  const options = parseOptions(schema, input, "S3Storage");
  const clash = options.client === undefined ? undefined : setByClient.find((name) => options[name] !== undefined);
  if (clash !== undefined) {
    throw new MeteringError(
      "invalid-argument",
      `Invalid options for S3Storage: ${clash} cannot be given together with client. Set it on the client.`,
    );
  }
  return options;
}
