import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, test } from "vitest";
import { AzureStorage, type AzureStorageOptions } from "../src/index.ts";

const container = "usage";
const accountName = "account";
const accountKey = "c2VjcmV0LWtleQ==";
const sasToken = "sv=2026-04-06&sig=secret-signature";
const endpoint = "https://account.blob.core.windows.net";
const connectionString = `DefaultEndpointsProtocol=https;AccountName=account;AccountKey=${accountKey};EndpointSuffix=core.windows.net`;
const credential = { getToken: async () => null };
const client = new BlobServiceClient(`${endpoint}?${sasToken}`);

// From JavaScript anything may come.
const open = (options: unknown): AzureStorage => Reflect.construct(AzureStorage, [options]);

describe("every way to name the same account leads to the same place", () => {
  test.each<[string, Partial<AzureStorageOptions>]>([
    ["name and key", { accountName, accountKey }],
    ["name and signature", { accountName, sasToken: `?${sasToken}` }],
    ["name alone, for DefaultAzureCredential", { accountName }],
    ["endpoint and credential", { endpoint: `${endpoint}/`, credential }],
    ["connection string with key", { connectionString }],
    [
      "connection string with signature",
      { connectionString: `BlobEndpoint=${endpoint};SharedAccessSignature=${sasToken}` },
    ],
    ["client", { client }],
  ])("by %s", (_what, options) => {
    const storage = new AzureStorage({ container, prefix: "team/", ...options });
    expect(storage.id).toBe("azure:account.blob.core.windows.net/usage/team/");
    expect(storage.name).toBe("azure://usage/team/");
  });
});

test("the endpoint of an emulator has the account in its path, and is another place", () => {
  const emulator = { endpoint: "http://127.0.0.1:10000/devstoreaccount1", accountName: "devstoreaccount1", accountKey };
  expect(open({ container, ...emulator }).id).toBe("azure:127.0.0.1:10000/devstoreaccount1/usage/");
});

const refused: [what: string, options: object, named: RegExp][] = [
  ["no container", { accountName }, /container/],
  ["no account", { accountKey }, /accountName/],
  ["a key without its account", { endpoint, accountKey }, /accountName/],
  ["an unknown option", { container, accountName, bucket: "usage" }, /bucket/],
  ["a container with capitals", { container: "Usage", accountName }, /container/],
  ["an account that is a host", { container, accountName: "account.blob.core.windows.net" }, /accountName/],
  ["key and signature", { container, accountName, accountKey, sasToken }, /accountKey.*sasToken/],
  ["key and connection string", { container, accountKey, connectionString }, /accountKey.*connectionString/],
  ["name and connection string", { container, accountName, connectionString }, /accountName.*connectionString/],
  ["endpoint and client", { container, endpoint, client }, /endpoint.*client/],
  ["connectTimeoutMs and client", { container, connectTimeoutMs: 1, client }, /connectTimeoutMs.*client/],
  ["credential and client", { container, credential, client }, /credential.*client/],
  ["a key that is no base64", { container, accountName, accountKey: "secret key" }, /base64/],
  ["a signature without sig", { container, accountName, sasToken: "sv=secret" }, /sig/],
  ["half a connection string", { container, connectionString: "AccountName=account;AccountKe" }, /connectionString/],
  ["an endpoint with a signature", { container, endpoint: `${endpoint}?${sasToken}` }, /endpoint/],
  ["an endpoint with a password", { container, endpoint: "https://user:secret@host", sasToken }, /endpoint/],
  ["no URL", { container, endpoint: "account", sasToken }, /endpoint/],
  ["a credential over HTTP", { container, endpoint: "http://127.0.0.1:1", credential }, /https/],
  ["a credential without getToken", { container, accountName, credential: {} }, /getToken/],
  ["a client of something else", { container, client: {} }, /client/],
  ["a prefix with a backslash", { container, accountName, prefix: "a\\b" }, /backslash/],
  ["a prefix with a dot at a segment's end", { container, accountName, prefix: "a./b" }, /dot/],
  ["a time limit of zero", { container, accountName, timeoutMs: 0 }, /timeoutMs/],
];

test.each(refused)("%s is refused at construction, named, and nothing secret is quoted", (_what, options, named) => {
  // Unless it is what is missing.
  const input = "accountKey" in options && !("container" in options) ? { container, ...options } : options;
  expect(() => open(input)).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(named) }),
  );
  expect(() => open(input)).not.toThrow(/secret|c2Vjcm/);
});
