import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMeteringError } from "@metering/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatAddress, openStorage, parseAddress } from "../src/index.ts";

const hostile = [
  "%",
  "%2",
  "%00",
  "%ff",
  "%2F..%2F",
  "\0",
  "\n",
  "\ud800",
  "é",
  "#",
  "?",
  "&",
  "=",
  ";",
  "+",
  "@",
  ":",
  "//",
  "\\",
  "../",
  "~",
  " ",
  "[::1]",
  "__proto__",
  "x".repeat(2_000),
];
const schemes = [
  "s3",
  "S3",
  "oss",
  "azure",
  "azblob",
  "file",
  "localfs",
  "gcs",
  "https",
  "javascript",
  "constructor",
  "",
];
const names = [
  "region",
  "region-id",
  "prefix",
  "endpoint",
  "shared-pool-id",
  "access-key",
  "secret-access-key",
  "session-token",
  "assume-role-arn",
  "role-arn",
  "force-path-style",
  "account-name",
  "account-key",
  "sas-token",
  "create-dirs",
  "permissions",
  "__proto__",
  "toString",
];
const values = [
  "",
  "true",
  "false",
  "eu-west-1",
  "cn-hangzhou",
  "0755",
  "a2V5",
  "account",
  "https://a.example.com",
  "arn:aws:iam::123456789012:role/a",
  "sig=a",
];

const piece = (known: readonly string[]) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom(...hostile) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  );

/** An address by the grammar, some of whose pieces do not belong there. */
const almostValid = fc
  .tuple(
    piece(schemes),
    piece(["://", "://", "://", ":/", ":", "//"]),
    piece(["usage", "usage-1", "", "a.b", "Usage", "user:password@usage"]),
    fc.array(piece(["/", "a", "team", "%20", "%23"]), { maxLength: 6 }),
    fc.array(fc.tuple(piece(names), piece(["=", "=", "=", ""]), piece(values)), { maxLength: 5 }),
    piece(["", "", "", "#a"]),
  )
  .map(([scheme, separator, host, path, parameters, end]) => {
    const query = parameters.map((one) => one.join("")).join("&");
    return `${scheme}${separator}${host}${path.length > 0 ? "/" : ""}${path.join("")}${query === "" ? "" : "?"}${query}${end}`;
  });

/** The same with a piece of it overwritten, moved or left out. */
const mutated = fc.tuple(almostValid, fc.nat(), fc.nat(20), piece(hostile)).map(([address, at, length, inserted]) => {
  const from = at % (address.length + 1);
  return address.slice(0, from) + inserted + address.slice(from + length);
});

const folder = fc
  .tuple(
    fc.constantFrom("./", "../", ".", "/", "C:\\", "\\\\host\\", "~/"),
    fc.array(piece(["a", "/", "usage"]), { maxLength: 4 }),
  )
  .map(([start, rest]) => start + rest.join(""));

const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 80 }), fc.string({ maxLength: 80 }), fc.webUrl());

const hostileAddress = fc.oneof(almostValid, mutated, folder, anyText);

async function open(address: string, secrets: "refuse" | "accept"): Promise<"opened" | "refused"> {
  try {
    await using opened = await openStorage(address, { secrets });
    expect(opened.storage.name).toBeTypeOf("string");
    // What is said about a storage can be opened again.
    expect(formatAddress(parseAddress(opened.address))).toBe(opened.address);
    return "opened";
  } catch (error) {
    if (isMeteringError(error, "invalid-argument")) return "refused";
    throw error;
  }
}

/** Registers the test that gives this many hostile addresses to `openStorage`, where a trace of any would be seen. */
export function testHostileAddresses(cases: number): void {
  const before = process.cwd();
  const work = mkdtempSync(join(tmpdir(), "metering-hostile-"));
  let sockets = 0;
  const count = (): void => void (sockets += 1);
  beforeAll(() => {
    process.chdir(work);
    subscribe("net.client.socket", count);
  });
  afterAll(() => {
    unsubscribe("net.client.socket", count);
    process.chdir(before);
    rmSync(work, { recursive: true });
  });

  test(`${cases} hostile addresses are opened or refused, without a request or a new folder`, async () => {
    const root = readdirSync("/");
    const outcomes = { opened: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(hostileAddress, fc.constantFrom("refuse", "accept"), async (address, secrets) => {
        outcomes[await open(address, secrets)] += 1;
      }),
      { numRuns: cases },
    );
    expect(sockets).toBe(0);
    expect(readdirSync(work)).toEqual([]);
    expect(readdirSync("/")).toEqual(root);
    // Both happen often, or the addresses prove nothing.
    expect(Math.min(outcomes.opened, outcomes.refused)).toBeGreaterThan(cases / 20);
  });
}
