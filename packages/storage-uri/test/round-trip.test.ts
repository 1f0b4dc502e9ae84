import { resolve } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress, parseAddress, type StorageConfig } from "../src/index.ts";

const special = fc.constantFrom(
  "#",
  "?",
  "%",
  " ",
  "+",
  "&",
  "=",
  ";",
  "@",
  ":",
  "/",
  "\\",
  "%20",
  "%zz",
  "é",
  "漢",
  "🜁",
  "..",
  "\u202e",
);
const text = fc
  .array(fc.oneof(special, fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(""));
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const endpoint = fc.constantFrom("https://s3.example.com", "http://127.0.0.1:9000", "s3.example.com:8080");
const identifier = fc.stringMatching(/^[a-z0-9]{1,20}$/);
const common = { prefix: optional(text), "shared-pool-id": optional(identifier) };
const keys = {
  "access-key": text,
  "secret-access-key": text,
  "session-token": optional(text),
  "assume-role-arn": optional(text),
};
const path = text.filter((name) => !name.includes("\0")).map((name) => resolve("/", name));

const configs: fc.Arbitrary<StorageConfig> = fc.oneof(
  fc.record({
    type: fc.constant("s3" as const),
    bucket,
    region: optional(text),
    endpoint: optional(endpoint),
    ...common,
    aws: fc.record({ ...keys, "s3-force-path-style": optional(fc.constant(true)) }),
  }),
  fc.record({
    type: fc.constant("oss" as const),
    bucket,
    region: text,
    endpoint: optional(endpoint),
    ...common,
    oss: fc.record(keys),
  }),
  fc.record({
    type: fc.constant("azure" as const),
    bucket,
    endpoint: optional(endpoint),
    ...common,
    azure: fc.record({ "account-name": text, "account-key": optional(text) }),
  }),
  fc.record({
    type: fc.constant("localfs" as const),
    ...common,
    localfs: fc.record({
      "base-path": path,
      "create-dirs": optional(fc.constant(false)),
      permissions: optional(fc.stringMatching(/^0[0-7]{3}$/)),
    }),
  }),
);

/** Without what an address leaves out: secrets, and what is not set. */
function withoutSecrets(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, field) =>
      ["access-key", "secret-access-key", "session-token", "account-key"].includes(key) ? undefined : field,
    ).replace(/,"(aws|oss)":\{\}/, ""),
  );
}

test("what is written for a configuration is read as that configuration, without its secrets", () => {
  fc.assert(
    fc.property(configs, (config) => {
      expect(parseAddress(formatAddress(config))).toEqual(withoutSecrets(config));
    }),
    { numRuns: 2_000 },
  );
});

test("the path of a relative folder becomes absolute", () => {
  const address = formatAddress({ type: "localfs", localfs: { "base-path": "./my usage" } });
  expect(parseAddress(address)).toEqual({ type: "localfs", localfs: { "base-path": resolve("my usage") } });
});
