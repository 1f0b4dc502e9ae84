import { readFileSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { isMeteringError } from "@metering/core";
import { S3Storage, type S3StorageOptions } from "@metering/storage-s3";
import { expect, test, vi } from "vitest";

const secret = "canary-secret-value";
const role = "arn:aws:iam::123456789012:role/writer";

function refusal(options: object): string {
  try {
    // An untyped caller may pass this.
    Reflect.construct(S3Storage, [{ bucket: "metering", ...options }]);
  } catch (error) {
    if (isMeteringError(error, "invalid-argument")) return error.message;
    throw error;
  }
  return expect.fail("the options were taken");
}

const wrong: readonly (readonly [field: string, options: object])[] = [
  ["bucket", { bucket: undefined }],
  ["bucket", { bucket: "" }],
  ["bucket", { bucket: "ab" }],
  ["bucket", { bucket: "Upper" }],
  ["bucket", { bucket: "under_score" }],
  ["bucket", { bucket: "-metering" }],
  ["bucket", { bucket: "two..dots" }],
  ["bucket", { bucket: "192.168.0.1" }],
  ["bucket", { bucket: "metering/prefix" }],
  ["bucket", { bucket: "b".repeat(64) }],
  ["region", { region: "" }],
  ["region", { region: "EU West" }],
  ["prefix", { prefix: "a/../b" }],
  ["endpoint", { endpoint: "s3.example.com" }],
  ["endpoint", { endpoint: "ftp://s3.example.com" }],
  ["endpoint", { endpoint: `https://user:${secret}@s3.example.com` }],
  ["endpoint", { endpoint: "https://s3.example.com/bucket" }],
  ["forcePathStyle", { forcePathStyle: "yes" }],
  ["credentials", { credentials: secret }],
  ["credentials", { credentials: { accessKeyId: "key" } }],
  ["credentials", { credentials: { accessKeyId: "key", secretAccessKey: `${secret}\n` } }],
  ["roleArn", { assumeRole: {} }],
  ["roleArn", { assumeRole: { roleArn: "writer" } }],
  ["roleArn", { assumeRole: { roleArn: "arn:aws:iam::123456789012:user/writer" } }],
  ["sessionName", { assumeRole: { roleArn: role, sessionName: "x" } }],
  ["sessionName", { assumeRole: { roleArn: role, sessionName: "with space" } }],
  ["externalId", { assumeRole: { roleArn: role, externalId: "x" } }],
  ["durationSeconds", { assumeRole: { roleArn: role, durationSeconds: 60 } }],
  ["durationSeconds", { assumeRole: { roleArn: role, durationSeconds: 43_201 } }],
  ["stsEndpoint", { assumeRole: { roleArn: role, stsEndpoint: "sts" } }],
  ["client", { client: {} }],
  ["timeoutMs", { timeoutMs: 0 }],
  ["connectTimeoutMs", { connectTimeoutMs: 1.5 }],
  ["maxAttempts", { maxAttempts: 0 }],
  ["maxAttempts", { maxAttempts: Infinity }],
  ["maxConnections", { maxConnections: 0 }],
  ["encryption", { encryption: "AES256" }],
  ["keyId", { encryption: { type: "sse-s3", keyId: "key" } }],
  ["storageClass", { storageClass: "GLACIER" }],
  ["logger", { logger: { info: () => {} } }],
  ["forcePathstyle", { forcePathstyle: true }],
];

test.for(wrong)("the constructor rejects an invalid %s and names it: %j", ([field, options]) => {
  const message = refusal(options);
  expect(message).toContain(field);
  expect(message).not.toContain(secret);
});

test.for(["region", "endpoint", "forcePathStyle", "credentials", "assumeRole", "connectTimeoutMs"] as const)(
  "%s is refused together with a client, which would not heed it",
  (field) => {
    const values: Partial<S3StorageOptions> = {
      region: "eu-west-1",
      endpoint: "https://s3.example.com",
      forcePathStyle: true,
      credentials: { accessKeyId: "key", secretAccessKey: secret },
      assumeRole: { roleArn: role },
      connectTimeoutMs: 1000,
    };
    expect(refusal({ client: new S3Client({ region: "eu-west-1" }), [field]: values[field] })).toContain(field);
  },
);

test("valid options are accepted in all their forms", () => {
  const accepted: readonly Partial<S3StorageOptions>[] = [
    {},
    { region: "us-gov-west-1", prefix: "team/usage/" },
    { endpoint: "https://s3.example.com:9000", forcePathStyle: true },
    { credentials: { accessKeyId: "key", secretAccessKey: secret, sessionToken: "token" } },
    { credentials: () => Promise.reject(new Error("not asked")) },
    { assumeRole: { roleArn: "arn:aws-cn:iam::123456789012:role/path/to/writer", durationSeconds: 900 } },
    { assumeRole: { roleArn: "arn:aws:iam:::role/writer", sessionName: "ab", externalId: "a/b:c" } },
    { encryption: { type: "sse-kms" }, storageClass: "STANDARD_IA", logger: console },
    { client: new S3Client({ region: "eu-west-1" }), maxConnections: 5 },
  ];
  for (const options of accepted) expect(() => new S3Storage({ bucket: "metering", ...options })).not.toThrow();
});

test("the name contains bucket and prefix", () => {
  expect(new S3Storage({ bucket: "metering" }).name).toBe("s3://metering/");
  expect(new S3Storage({ bucket: "metering", prefix: "team/usage" }).name).toBe("s3://metering/team/usage/");
});

test("the README's table lists only options that exist", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [table = ""] = /\n## Options\n.*?\n\n`assumeRole`/s.exec(readme) ?? [];
  const names = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(refusal({ [name]: Symbol("wrong") })).not.toContain("no such");
});

const idOf = (options: object): string => new S3Storage({ bucket: "metering", region: "eu-west-1", ...options }).id;

test("the id contains endpoint, region, bucket and prefix, and no credentials", () => {
  const ids = [
    {},
    { region: "eu-west-2" },
    { bucket: "other" },
    { prefix: "a" },
    { endpoint: "https://s3.example.com" },
    { endpoint: "https://s3.example.com:9000" },
  ].map(idOf);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.map((text) => text.includes("metering") || text.includes("other"))).not.toContain(false);
  expect(idOf({ credentials: { accessKeyId: "AKIASECRET", secretAccessKey: "SECRET" } })).toBe(idOf({}));
});

test("the id follows the environment if the options do not set it, without the password of the URL", () => {
  const before = new S3Storage({ bucket: "metering" }).id;
  vi.stubEnv("AWS_ENDPOINT_URL_S3", "https://user:password@s3.example.com");
  const { id } = new S3Storage({ bucket: "metering" });
  vi.unstubAllEnvs();
  expect(id).not.toBe(before);
  expect(id).toContain("s3.example.com");
  expect(id).not.toContain("password");
});
