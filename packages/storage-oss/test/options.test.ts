import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { OssStorage, type OssStorageOptions } from "../src/index.ts";
import { parseRegion } from "../src/region.ts";

const good = { bucket: "usage", region: "cn-hangzhou" };
const role = { roleArn: "acs:ram::1234567890123456:role/metering" };
const client = { options: {}, put() {}, get() {}, head() {}, delete() {}, listV2() {} };

function refusal(options: object): string {
  try {
    // An untyped program may pass this.
    const untyped: OssStorageOptions = Object.assign({}, good, options);
    return `accepted ${new OssStorage(untyped).name}`;
  } catch (error) {
    return isMeteringError(error, "invalid-argument") ? error.message : inspect(error);
  }
}

test.each<[string, object]>([
  ["bucket", { bucket: undefined }],
  ["bucket", { bucket: "Usage" }],
  ["bucket", { bucket: "usage/team" }],
  ["region", { region: undefined }],
  ["region", { region: "hangzhou" }],
  ["region", { region: "oss-cn-hangzhou-internal" }],
  ["prefix", { prefix: 1 }],
  ["prefix", { prefix: "a/../b" }],
  ["endpoint", { endpoint: "ftp://host" }],
  ["endpoint", { endpoint: "https://host/bucket" }],
  ["endpoint", { endpoint: "https://user:canary@host" }],
  ["internal", { internal: "yes" }],
  ["internal", { internal: true, endpoint: "https://host" }],
  ["secure", { secure: 1 }],
  ["secure", { secure: true, endpoint: "http://host" }],
  ["endpoint", { endpoint: "http://[::1]:9000" }],
  ["signatureVersion", { signatureVersion: 2 }],
  ["credentials", { credentials: { accessKeyId: "id" } }],
  ["credentials", { credentials: { accessKeyId: "id", accessKeySecret: "canary", expiration: "canary" } }],
  ["credentials", { credentials: "canary" }],
  ["roleArn", { assumeRole: { roleArn: "arn:aws:iam::123456789012:role/x" } }],
  ["sessionName", { assumeRole: { ...role, sessionName: "x" } }],
  ["externalId", { assumeRole: { ...role, externalId: "" } }],
  ["durationSeconds", { assumeRole: { ...role, durationSeconds: 899 } }],
  ["policy", { assumeRole: { ...role, policy: "{" } }],
  ["stsEndpoint", { assumeRole: { ...role, stsEndpoint: "http://sts" } }],
  ["client", { region: undefined, client: {} }],
  ["region", { client }],
  ["credentials", { region: undefined, client, credentials: { accessKeyId: "id", accessKeySecret: "canary" } }],
  ["timeoutMs", { timeoutMs: 0 }],
  ["connectTimeoutMs", { connectTimeoutMs: 1.5 }],
  ["maxAttempts", { maxAttempts: 21 }],
  ["maxConnections", { maxConnections: 0 }],
  ["logger", { logger: {} }],
  ["forcePathStyle", { forcePathStyle: true }],
])("a wrong %s is refused at construction, by name and without secrets: %j", (option, options) => {
  const message = refusal(options);
  expect(message).toContain(option);
  expect(message).not.toMatch(/accepted|canary/);
});

test.each<object>([
  {},
  { region: "oss-cn-hangzhou", internal: true },
  { region: "us-west-1", endpoint: "oss-us-west-1.aliyuncs.com", secure: false },
  { region: "rg-china-mainland", prefix: "a/b/" },
  { region: undefined, client, connectTimeoutMs: 100 },
  { assumeRole: { ...role, sessionName: "a.b@c-d_e", externalId: "a:b/c", durationSeconds: 43_200, policy: "{}" } },
  { credentials: async () => ({ accessKeyId: "id", accessKeySecret: "secret" }) },
])("accepts %j", (options) => {
  expect(refusal(options)).toMatch(/^accepted oss:\/\/usage\//);
});

test("both spellings of a region are equal", () => {
  expect(parseRegion("oss-ap-southeast-1")).toEqual(parseRegion("ap-southeast-1"));
  expect(parseRegion("cn-hangzhou")).toEqual({ id: "cn-hangzhou", ossId: "oss-cn-hangzhou" });
});

test("the name of a storage contains bucket and prefix", () => {
  expect(new OssStorage({ ...good, prefix: "team/a/" }).name).toBe("oss://usage/team/a/");
});

const idOf = (options: object): string => new OssStorage({ bucket: "metering", region: "cn-hangzhou", ...options }).id;

test("the id contains endpoint, region, bucket and prefix, and no credentials", () => {
  const ids = [
    {},
    { region: "cn-beijing" },
    { bucket: "other" },
    { prefix: "a" },
    { endpoint: "https://oss.example.com" },
  ].map(idOf);
  expect(new Set(ids).size).toBe(ids.length);
  expect(idOf({ region: "oss-cn-hangzhou", internal: true })).toBe(idOf({}));
  expect(idOf({ credentials: { accessKeyId: "LTAI", accessKeySecret: "SECRET" } })).toBe(idOf({}));
});
