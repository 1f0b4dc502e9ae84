import { Agent } from "node:http";
import OSS from "ali-oss";
import { expect, onTestFinished, test } from "vitest";
import { bytes, collect, openStorage, rejection, startServer, textOf } from "./open.ts";

async function startWithClient(more: object = {}) {
  const server = await startServer();
  const client = new OSS({ region: `oss-${server.region}`, endpoint: server.endpoint, ...server.credentials, ...more });
  const settings = { region: undefined, endpoint: undefined, credentials: undefined };
  return { server, client, storage: openStorage(server, { ...settings, client }) };
}

test.each([
  ["signature V4", { authorizationV4: true }],
  ["signature V1", {}],
  ["retries of its own", { retryMax: 3 }],
  ["another bucket", { bucket: "another" }],
])("a client of the caller's with %s does all a storage does", async (_what, more) => {
  const { server, storage } = await startWithClient(more);
  server.faults.add("put", { kind: "lost-response" });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  expect(server.requests.put).toBe(2);
  expect(textOf(await storage.get("key"))).toBe("body");
  expect((await storage.head("key"))?.size).toBe(4);
  expect(await collect(storage.list("k"))).toHaveLength(1);
  await storage.delete("key");
  expect((await rejection(storage.get("key"))).code).toBe("not-found");
});

test("it is not changed, and works after the storage is closed", async () => {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const { server, client, storage } = await startWithClient({ bucket: "metering-test", agent });
  const before = Object.entries(client);
  await storage.put("key", bytes("body"));
  expect(server.connections()).toBe(1);
  await storage.close();
  expect(Object.entries(client)).toEqual(before);
  await client.head("key");
  expect(server.connections()).toBe(1);
});

test("an abort ends its calls", async () => {
  const { server, storage } = await startWithClient();
  server.faults.add("get", { kind: "slow", delayMs: 60_000 });
  const controller = new AbortController();
  const get = storage.get("key", { signal: controller.signal }).catch((error: unknown) => error);
  await expect.poll(() => server.connections(), { interval: 1 }).toBe(1);
  controller.abort("reason");
  expect(await get).toBe("reason");
  await expect.poll(() => server.connections()).toBe(0);
});

test("keys that its owner changes take effect", async () => {
  const { server, client, storage } = await startWithClient();
  await storage.put("key", bytes("body"));
  Object.assign(Reflect.get(client, "options"), { accessKeySecret: "changed" });
  expect((await rejection(storage.get("key"))).code).toBe("unauthenticated");
  expect(server.requests.get).toBe(1);
});

test("a client with enableProxy is rejected with a hint", async () => {
  const { server, storage } = await startWithClient({ enableProxy: true });
  expect((await rejection(storage.get("key"))).code).toBe("not-supported");
  expect(server.requests.get).toBe(0);
});

test.each([1, 4] as const)("signature version %i works", async (signatureVersion) => {
  const server = await startServer();
  const storage = openStorage(server, { signatureVersion, credentials: server.openSession(900) });
  const keys = ["a b+c&d=e", "ü/\u{1f600}", "!'()*~", "%41", "q?x#y", "key"];
  for (const key of keys) {
    await storage.put(key, bytes(key));
    expect(textOf(await storage.get(key))).toBe(key);
    expect((await storage.head(key))?.key).toBe(key);
  }
  expect(await collect(storage.list(""))).toHaveLength(keys.length);
  expect(await collect(storage.list("ü", { startAfter: "!'()" }))).toHaveLength(1);
  for (const key of keys) await storage.delete(key);
});

test("an endpoint may be a host with a port, and secure decides on TLS", async () => {
  const server = await startServer();
  const endpoint = server.endpoint.replace("http://", "");
  await openStorage(server, { endpoint, secure: false }).put("key", bytes("body"));
  const secure = openStorage(server, { endpoint, maxAttempts: 1 });
  expect((await rejection(secure.get("key"))).code).toMatch(/unavailable|storage-failure/);
});

test("an endpoint may be a host name with the bucket in the path, if the client is configured so", async () => {
  const server = await startServer();
  const endpoint = server.endpoint.replace("127.0.0.1", "localhost");
  const client = new OSS({ region: "oss-cn-hangzhou", endpoint, sldEnable: true, ...server.credentials });
  const storage = openStorage(server, { region: undefined, endpoint: undefined, credentials: undefined, client });
  await storage.put("a/key", bytes("body"));
  expect((await collect(storage.list("a/"))).map(({ key }) => key)).toEqual(["a/key"]);
});
