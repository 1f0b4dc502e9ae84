import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { MeteringError } from "@metering/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { bytes, collect, openStorage, opened, rejection, startServer, textOf } from "./open.ts";
import { AzureStorage } from "../src/index.ts";

const inAnHour = (): number => Date.now() + 3_600_000;

/** A server with TLS, which tokens need, and a storage with a credential on it. */
async function startWithCredential(
  getToken: () => Promise<{ token: string; expiresOnTimestamp: number } | null>,
  more = {},
) {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await startServer({ tls: true });
  const { endpoint, container } = server;
  return { server, storage: opened(new AzureStorage({ endpoint, container, credential: { getToken }, ...more })) };
}

test("a signature and a connection string do all a storage does", async () => {
  const server = await startServer();
  const { container, endpoint, accountName, accountKey, sasToken } = server;
  const connectionStrings = [
    `BlobEndpoint=${endpoint}/;AccountName=${accountName};AccountKey=${accountKey}`,
    `SharedAccessSignature=${sasToken};BlobEndpoint=${endpoint};`,
  ];
  for (const way of [
    { endpoint, sasToken: `?${sasToken}` },
    ...connectionStrings.map((connectionString) => ({ connectionString })),
  ]) {
    const storage = opened(new AzureStorage({ container, ...way }));
    await storage.put("key", bytes("body"), { ifAbsent: true });
    expect(textOf(await storage.get("key"))).toBe("body");
    expect(await collect(storage.list(""))).toHaveLength(1);
    await storage.delete("key");
    expect(await storage.head("key")).toBeUndefined();
  }
});

test("one token serves many calls at once, and is asked for again once the store refuses it", async () => {
  let asked = 0;
  const { server, storage } = await startWithCredential(async () => ({
    token: `token-${++asked}`,
    expiresOnTimestamp: inAnHour(),
  }));
  server.token = "token-1";
  await Promise.all(Array.from({ length: 20 }, (_, i) => storage.put(`key/${i}`, bytes("body"))));
  expect(asked).toBe(1);
  server.token = "token-2";
  expect(textOf(await storage.get("key/1"))).toBe("body");
  expect(asked).toBe(2);
  server.token = "another";
  expect((await rejection(storage.get("key/1"))).code).toBe("unauthenticated");
});

test("a token that has expired is never sent, and a new one is asked for", async () => {
  let asked = 0;
  const { server, storage } = await startWithCredential(async () => ({
    token: "token-of-the-test",
    expiresOnTimestamp: ++asked === 1 ? Date.now() + 30 : inAnHour(),
  }));
  await storage.put("key", bytes("body"));
  await expect.poll(async () => [(await storage.get("key")).byteLength, asked]).toEqual([4, 2]);
  expect(server.requests.put).toBe(1);
});

test.each<[string, () => Promise<null>, string]>([
  ["fails", () => Promise.reject(new Error("no such tenant")), "unauthenticated"],
  ["gives nothing", async () => null, "unauthenticated"],
  ["cannot be reached", () => Promise.reject(Object.assign(new Error("x"), { code: "ENOTFOUND" })), "unavailable"],
  ["says itself what is wrong", () => Promise.reject(new MeteringError("invalid-argument", "x")), "invalid-argument"],
  ["never answers", () => new Promise(() => {}), "timeout"],
])("a credential that %s is an error with key and storage, and nothing is sent", async (_what, getToken, code) => {
  const { server, storage } = await startWithCredential(getToken, { timeoutMs: 50, maxAttempts: 1 });
  expect(await rejection(storage.get("key"))).toMatchObject({ code, key: "key", storage: storage.name });
  expect(server.requests.get).toBe(0);
});

test("without credentials, @azure/identity looks for them, and says what it tried where it finds none", async () => {
  // Only the environment is looked at: the chain would ask the machine's metadata service and tools, too.
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential");
  onTestFinished(() => void vi.unstubAllEnvs());
  const storage = opened(new AzureStorage({ container: "usage", accountName: "account", maxAttempts: 1 }));
  const error = await rejection(storage.get("key"));
  expect(error.code).toBe("unauthenticated");
  expect(error.message).toMatch(/EnvironmentCredential/);
});

test("a client of the caller's does all a storage does, with its own retries, and is not closed", async () => {
  const server = await startServer();
  const { endpoint, container, accountName, accountKey } = server;
  const client = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(accountName, accountKey), {
    retryOptions: { maxTries: 3, retryDelayInMs: 1 },
  });
  const storage = opened(new AzureStorage({ container, client }));
  // The client repeats the put by itself, and its own object is not another's.
  await storage.put("proof", bytes("proof"), { ifAbsent: true });
  server.faults.add("put", { kind: "lost-response" });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  expect((await rejection(storage.put("key", bytes("2"), { ifAbsent: true }))).code).toBe("already-exists");
  expect(textOf(await storage.get("key"))).toBe("body");
  expect(await collect(storage.list("k"))).toHaveLength(1);
  await storage.close();
  expect(await client.getContainerClient(container).getBlobClient("key").exists()).toBe(true);
  expect(openStorage(server).id).toBe(storage.id);
});
