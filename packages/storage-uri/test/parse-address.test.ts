import { expect, test } from "vitest";
import { formatAddress, parseAddress, type StorageConfig } from "../src/index.ts";
import { refusal } from "./refusal.ts";

const accept = { secrets: "accept" } as const;

const meanings: readonly (readonly [address: string, config: StorageConfig])[] = [
  ["s3://usage", { type: "s3", bucket: "usage" }],
  ["S3://usage/", { type: "s3", bucket: "usage" }],
  ["s3://usage/team/a/?region=eu-west-1", { type: "s3", bucket: "usage", prefix: "team/a/", region: "eu-west-1" }],
  ["s3://usage/a%20b%23%3F%25+c", { type: "s3", bucket: "usage", prefix: "a b#?%+c" }],
  ["s3://usage?prefix=a+b%2Fc", { type: "s3", bucket: "usage", prefix: "a b/c" }],
  ["s3://usage?region-id=eu-west-1&endpoint=", { type: "s3", bucket: "usage", region: "eu-west-1" }],
  ["s3://usage?shared-pool-id=pool-1", { type: "s3", bucket: "usage", "shared-pool-id": "pool-1" }],
  ["s3://usage?force-path-style=true", { type: "s3", bucket: "usage", aws: { "s3-force-path-style": true } }],
  ["s3://usage?s3-force-path-style=false", { type: "s3", bucket: "usage", aws: { "s3-force-path-style": false } }],
  [
    "s3://usage?role-arn=arn:aws:iam::1:role/a",
    { type: "s3", bucket: "usage", aws: { "assume-role-arn": "arn:aws:iam::1:role/a" } },
  ],
  [
    "s3://usage?access-key=AK&secret-access-key=S%2FK&session-token=T",
    { type: "s3", bucket: "usage", aws: { "access-key": "AK", "secret-access-key": "S/K", "session-token": "T" } },
  ],
  ["oss://usage/a?region-id=oss-cn-hangzhou", { type: "oss", bucket: "usage", prefix: "a", region: "oss-cn-hangzhou" }],
  [
    "oss://usage?region=cn-hangzhou&endpoint=https://oss.example.com",
    { type: "oss", bucket: "usage", region: "cn-hangzhou", endpoint: "https://oss.example.com" },
  ],
  [
    "oss://usage?region=cn-hangzhou&assume-role-arn=acs:ram::1:role/a",
    { type: "oss", bucket: "usage", region: "cn-hangzhou", oss: { "assume-role-arn": "acs:ram::1:role/a" } },
  ],
  [
    "azure://usage/a?account-name=account",
    { type: "azure", bucket: "usage", prefix: "a", azure: { "account-name": "account" } },
  ],
  [
    "azblob://usage?account-name=account&account-key=a2V5",
    { type: "azure", bucket: "usage", azure: { "account-name": "account", "account-key": "a2V5" } },
  ],
  [
    "azure://usage?account-name=account&sas-token=%3Fsv%3D1%26sig%3Da",
    { type: "azure", bucket: "usage", azure: { "account-name": "account", "sas-token": "?sv=1&sig=a" } },
  ],
  ["localfs:///var/usage", { type: "localfs", localfs: { "base-path": "/var/usage" } }],
  ["file:///var/my%20usage/", { type: "localfs", localfs: { "base-path": "/var/my usage/" } }],
  ["localfs://var/usage", { type: "localfs", localfs: { "base-path": "/var/usage" } }],
  [
    "file:///var/usage?prefix=team&create-dirs=false&permissions=0700",
    {
      type: "localfs",
      prefix: "team",
      localfs: { "base-path": "/var/usage", "create-dirs": false, permissions: "0700" },
    },
  ],
];

test.each(meanings)("%s is understood as the Go SDK understands it", (address, config) => {
  expect(parseAddress(address, accept)).toEqual(config);
});

test.each(["/var/usage", "./usage", "../usage", ".", "..", "./usage/été #1", "/var/us%20age"])(
  "%s is a folder, taken as it is",
  (path) => {
    expect(parseAddress(path)).toEqual({ type: "localfs", localfs: { "base-path": path } });
  },
);

test.each([
  ["usage", "a word may be a typo, not a folder"],
  ["usage/prod", "a folder begins with ./"],
  ["s3:/bucket", "a mistyped scheme makes no folder"],
  ["s3//bucket", "a mistyped scheme makes no folder"],
  ["s3:bucket", "a mistyped scheme makes no folder"],
  ["file:/var/usage", "a mistyped scheme makes no folder"],
  ["~/usage", "only a shell knows a home folder"],
  ["file://~/usage", "only a shell knows a home folder"],
  ["file://./usage", "the path of an address is absolute"],
  ["file://localhost/usage", "other programs take the host for this machine, the Go SDK for a folder"],
  ["./usage?prefix=a", "a folder takes no parameters"],
  ["C:\\usage", "a path of Windows on another system"],
  ["", "nothing"],
  [" s3://bucket", "a space in front"],
  ["s3://bucket\n", "a line break"],
  ["s3://", "no bucket"],
  ["s3:///prefix", "no bucket"],
  ["s3://Bucket", "no bucket has capitals"],
  ["s3://bucket:80/a", "a port"],
  ["s3://buc%6Bet", "an escaped bucket"],
  ["s3://bucket#a", "a fragment"],
  ["s3://bucket/a%", "half an escape"],
  ["s3://bucket/%ff", "bytes that are no UTF-8"],
  ["s3://bucket/\ud800", "half a character"],
  ["s3://bucket?prefix=%zz", "half an escape"],
  ["s3://bucket?a;b=c", "a semicolon"],
  ["s3://user@bucket", "a user"],
  ["s3://user:password@bucket", "a password"],
  ["s3://bucket?regoin=eu-west-1", "an unknown parameter"],
  ["s3://bucket?Region=eu-west-1", "a parameter in capitals"],
  ["s3://bucket?account-name=account", "a parameter of another scheme"],
  ["azure://bucket?account-name=account&region=eastus", "a parameter without a meaning there"],
  ["s3://bucket?region=a&region=b", "a parameter twice"],
  ["s3://bucket?region=a&region-id=a", "a parameter under both its names"],
  ["s3://bucket/a?prefix=b", "two prefixes"],
  ["s3://bucket?force-path-style=1", "a flag that is neither true nor false"],
  ["s3://bucket?endpoint=a b", "an endpoint that is no URL"],
  ["s3://bucket?shared-pool-id=a/b", "a pool that is no identifier"],
  ["oss://bucket", "no region"],
  ["azure://bucket", "no account"],
  ["file://", "no path"],
  ["file:///a?permissions=755", "permissions without their 0"],
  ["file:///a?permissions=0999", "permissions that are not octal"],
  ["file:///a%00b", "a NUL character"],
  ["gcs://bucket", "a store that neither SDK implements"],
  ["https://bucket.s3.amazonaws.com/a", "an address of the web"],
  ["memory://", "another scheme"],
])("%j is refused: %s", (address) => {
  expect(refusal(() => parseAddress(address)).code).toBe("invalid-argument");
});

test.each(["access-key=A&secret-access-key=B", "session-token=T"])(
  "secrets are refused unless accepted (%s)",
  (query) => {
    expect(refusal(() => parseAddress(`s3://bucket?${query}`)).message).toContain("secret");
  },
);

test("a key without its secret is refused, where Go would look for other credentials", () => {
  for (const query of ["access-key=A", "secret-access-key=B", "session-token=T"]) {
    expect(refusal(() => parseAddress(`s3://bucket?${query}`, accept)).message).toContain("together");
  }
});

test.each([
  [
    "s3://usage/prod%20%231?region-id=eu-west-1&s3-force-path-style=true",
    "s3://usage/prod #1?region=eu-west-1&force-path-style=true".replace(" #", "%20%23"),
  ],
  [
    "oss://usage?assume-role-arn=acs%3Aram%3A%3A1%3Arole%2Fa&region-id=cn-hangzhou",
    "oss://usage?region=cn-hangzhou&role-arn=acs:ram::1:role/a",
  ],
  ["azure://usage?account-name=account", "azblob://usage?account-name=account&account-key=a2V5"],
  ["localfs:///var/usage?create-dirs=false&prefix=a%2Fb", "file:///var/usage?prefix=a/b&create-dirs=false"],
  ["s3://usage", "s3://usage?access-key=A&secret-access-key=B&session-token=C"],
  ["localfs:///var/my%20usage", "/var/./my usage/"],
])("%s is written for %s: as the Go SDK writes it, without secrets", (written, address) => {
  expect(formatAddress(parseAddress(address, accept))).toBe(written);
});
