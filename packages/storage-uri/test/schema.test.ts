import { parseOptions } from "@metering/core";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as classic from "zod";
import * as mini from "zod/mini";
import { openStorage, storageConfig, type StorageConfig } from "../src/index.ts";
import { refusal } from "./refusal.ts";

const usage: StorageConfig = {
  type: "s3",
  bucket: "usage",
  region: "eu-west-1",
  aws: { "assume-role-arn": "arn:aws:iam::123456789012:role/metering" },
};

describe.each([
  ["zod", classic.object({ port: classic.number(), usage: storageConfig, spare: classic.optional(storageConfig) })],
  ["zod/mini", mini.object({ port: mini.number(), usage: storageConfig, spare: mini.optional(storageConfig) })],
])("in an app's own schema, made with %s, the configuration", (_, app) => {
  test("is checked and has its type", () => {
    const settings = app.parse({ port: 1, usage });
    expect(settings).toEqual({ port: 1, usage });
    expectTypeOf(settings.usage).toEqualTypeOf<StorageConfig>();
    expectTypeOf(settings.spare).toEqualTypeOf<StorageConfig | undefined>();
  });

  test("is refused with the path to what is wrong, and without a value", () => {
    const wrong = { ...usage, regoin: "eu-west-1", aws: { "access-key": "AKIA-1234" } };
    const { error } = app.safeParse({ port: 1, usage: wrong });
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual(["usage.aws", "usage"]);
    expect(JSON.stringify(error)).not.toContain("AKIA-1234");
  });

  test("works where schemas run asynchronously", async () => {
    expect(await app.parseAsync({ port: 1, usage })).toEqual({ port: 1, usage });
  });

  test("has a JSON Schema", () => {
    const { properties } = classic.toJSONSchema(app);
    const described = properties?.["usage"];
    const types = typeof described === "object" ? (described.oneOf ?? described.anyOf)?.map((one) => one.type) : [];
    expect(types).toEqual(["object", "object", "object", "object"]);
  });
});

test("the configuration follows Standard Schema, for other validators", async () => {
  expect(await storageConfig["~standard"].validate(usage)).toEqual({ value: usage });
  expect(await storageConfig["~standard"].validate({ type: "s3" })).toHaveProperty("issues");
});

const unchecked = (config: unknown) => () =>
  parseOptions({ safeParse: (input) => classic.safeParse(storageConfig, input) }, config, "test");

test.each<[why: string, config: unknown]>([
  ["no object", 1],
  ["nothing", undefined],
  ["no type", { bucket: "usage" }],
  ["a store that neither SDK implements", { type: "gcs", bucket: "usage" }],
  ["an unknown key", { type: "s3", bucket: "usage", regoin: "eu-west-1" }],
  ["an unknown key of a section", { type: "s3", bucket: "usage", aws: { "assume-role": "a" } }],
  ["the section of another type", { type: "s3", bucket: "usage", oss: { "access-key": "a" } }],
  ["keys in camel case", { type: "s3", bucket: "usage", sharedPoolId: "a" }],
  ["no bucket", { type: "azure", azure: { "account-name": "account" } }],
  ["no region", { type: "oss", bucket: "usage" }],
  ["no account", { type: "azure", bucket: "usage" }],
  [
    "a key without an account",
    { type: "azure", bucket: "usage", endpoint: "https://a.b", azure: { "account-key": "a" } },
  ],
  [
    "two ways in",
    { type: "azure", bucket: "usage", azure: { "account-name": "a", "account-key": "a", "sas-token": "b" } },
  ],
  ["no folder", { type: "localfs" }],
  ["an empty folder", { type: "localfs", localfs: { "base-path": "" } }],
  ["permissions that YAML took for a number", { type: "localfs", localfs: { "base-path": "/a", permissions: 493 } }],
  ["a flag as a text", { type: "localfs", localfs: { "base-path": "/a", "create-dirs": "false" } }],
])("a configuration is refused with %s", async (_, config) => {
  expect(refusal(unchecked(config)).code).toBe("invalid-argument");
  await expect(Reflect.apply(openStorage, undefined, [config])).rejects.toMatchObject({ code: "invalid-argument" });
});

test("what is empty in YAML counts as absent, as in the Go SDK", async () => {
  await using opened = await openStorage({
    type: "s3",
    bucket: "usage",
    region: "",
    endpoint: null,
    prefix: "",
    "shared-pool-id": "",
    aws: { "access-key": "", "secret-access-key": null, "assume-role-arn": "", "s3-force-path-style": null },
  });
  expect(opened).toMatchObject({ address: "s3://usage", sharedPoolId: undefined });
});

test("an option that is unknown or wrong is refused", async () => {
  for (const options of [{ secret: "accept" }, { secrets: "yes" }, { signal: "now" }, 1]) {
    const call = Reflect.apply(openStorage, undefined, ["./usage", options]);
    await expect(call).rejects.toMatchObject({ code: "invalid-argument" });
  }
});

test("an aborted signal ends opening", async () => {
  await expect(openStorage("./usage", { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
});
