import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { openStorage, type StorageConfig } from "../src/index.ts";

// Long, and with every character that has a meaning in addresses.
const secret = "Zq8/x+Y=7&k%2#j?p@w:v";
const plain = "Zq8xY7kjpwvLLmN0aB";

/** The pieces that a secret falls into where it was not escaped, and what it looks like where it was. */
const traces = [
  plain,
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(encodeURIComponent(secret)),
  ...secret.split(/[^A-Za-z0-9]+/).filter((piece) => piece.length > 2),
];

const names = ["access-key", "secret-access-key", "session-token", "account-key", "sas-token"];
const ways = [plain, secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret)), `${plain}%`];

/** Addresses with a secret where it belongs, and where people put it by mistake. */
const addresses = ways.flatMap((value) => [
  ...names.flatMap((name) =>
    ["s3", "oss", "azure", "file", "gcs", "s4", ""].flatMap((scheme) => [
      `${scheme}://usage/a?${name}=${value}`,
      `${scheme}://usage/a?region=cn-hangzhou&account-name=account&${name}=${value}`,
      `${scheme}://usage/a?${name}=${value}&${name}=${value}`,
      `${scheme}://usage/a?${name}=${value}&nonsense=1`,
      `${scheme}://usage/a?${name}=${value}&endpoint=%%`,
      `${scheme}://usage/a?${name.toUpperCase()}=${value}`,
      `${scheme}://usage/a?${name}:${value}`,
      `${scheme}://usage/a?${name} = ${value}`,
      `${scheme}://Usage/a?${name}=${value}`,
      `${scheme}:/usage/a?${name}=${value}`,
      `${scheme}://usage/a;${name}=${value}`,
      `${scheme}://usage/a\n?${name}=${value}`,
    ]),
  ),
  `s3://usage/a?access-key=A&secret-access-key=${value}&endpoint=http://x/y`,
  `s3://usage?${value}`,
  `s3://usage?${value}=${value}`,
  `s3://key:${value}@usage/a`,
  `s3://${value}@usage/a`,
  `s3://${value}:@usage/a`,
  `s3://key%3A${value}%40usage/a`,
  `file://key:${value}@usage/a`,
  `localfs://key%3A${value}/a`,
  `oss://key:${value}@usage?region=cn-hangzhou`,
  `https://key:${value}@s3.example.com/usage`,
  `s3://usage?endpoint=https://key:${value}@s3.example.com`,
  `s3://usage?endpoint=https://s3.example.com/?token=${value}`,
  `oss://usage?region=cn-hangzhou&endpoint=https://key:${encodeURIComponent(value)}@oss.example.com`,
  `azure://usage?account-name=account&endpoint=https://account.blob.core.windows.net/?sig=${encodeURIComponent(value)}`,
  `access-key=${value}`,
  value,
]);

/** All that an error says, and its causes, stack and hidden properties. */
const shown = (error: unknown): string => inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);

const containsSecret = (text: string): boolean => traces.some((trace) => text.includes(trace));

test.each(["refuse", "accept"] as const)(
  "no error about an address contains a secret (secrets: %s)",
  async (secrets) => {
    let refused = 0;
    for (const address of addresses) {
      const outcome = await openStorage(address, { secrets }).catch((error: unknown) => error);
      if (isMeteringError(outcome)) refused += 1;
      else expect(outcome).toHaveProperty("storage");
      if (containsSecret(shown(outcome))) expect.fail(`${address} is answered with ${shown(outcome)}`);
    }
    expect(refused).toBeGreaterThan(secrets === "refuse" ? addresses.length * 0.9 : addresses.length * 0.5);
  },
);

test.each<StorageConfig>([
  { type: "s3", bucket: "usage", region: "eu-west-1", aws: { "access-key": plain, "secret-access-key": plain } },
  { type: "s3", bucket: "usage", region: "!", aws: { "access-key": plain, "secret-access-key": plain } },
  { type: "s3", bucket: "usage", prefix: "/", aws: { "access-key": plain, "secret-access-key": secret } },
  { type: "s3", bucket: "usage", aws: { "access-key": ` ${plain}`, "secret-access-key": `${plain}\n` } },
  { type: "s3", bucket: "usage", aws: { "session-token": plain } },
  { type: "s3", bucket: "?", aws: { "access-key": plain, "secret-access-key": plain, "session-token": plain } },
  { type: "oss", bucket: "usage", region: "cn-hangzhou", oss: { "access-key": plain, "secret-access-key": secret } },
  { type: "oss", bucket: "usage", region: "!", oss: { "access-key": "é", "secret-access-key": plain } },
  { type: "azure", bucket: "usage", azure: { "account-name": "account", "account-key": "Zq8xY7kjpwvLLmN0aB==" } },
  { type: "azure", bucket: "usage", azure: { "account-name": "account", "account-key": secret } },
  { type: "azure", bucket: "usage", azure: { "account-name": "account", "sas-token": `?sig=${plain}` } },
  { type: "azure", bucket: "usage", azure: { "account-name": "account", "sas-token": plain } },
  { type: "azure", bucket: "usage", azure: { "account-name": "A", "account-key": plain, "sas-token": plain } },
])("no storage, address or error of a configuration contains its secret (%#)", async (config) => {
  const outcome = await openStorage(config).catch((error: unknown) => error);
  expect(containsSecret(shown(outcome))).toBe(false);
});

test("the message says which parameter is refused and what to do", async () => {
  await expect(openStorage(`s3://usage?access-key=A&secret-access-key=${plain}`)).rejects.toThrow(
    /access-key.*environment/,
  );
  await expect(openStorage("s3://usage?regoin=eu-west-1")).rejects.toThrow(/"regoin".*region/);
});
