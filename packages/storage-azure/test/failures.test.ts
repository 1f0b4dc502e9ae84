import { createServer } from "node:net";
import type { Fault } from "@metering/azure-test-server";
import type { MeteringErrorCode } from "@metering/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { answerEndlessly, answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, openStorage, rejection, startServer, textOf } from "./open.ts";

const total = (requests: Readonly<Record<string, number>>): number => Object.values(requests).reduce((a, b) => a + b);

const passing: [string, Fault][] = [
  ["a 500", { kind: "error", status: 500, code: "InternalError" }],
  ["a 503 without a code", { kind: "error", status: 503, code: "" }],
  ["a connection that is cut", { kind: "cut-before-store" }],
  ["a lost answer", { kind: "lost-response" }],
];

describe.each(passing)("%s that passes", (_what, fault) => {
  test("is not noticed by any verb", async () => {
    const server = await startServer();
    const storage = openStorage(server);
    server.faults.add("any", fault, 2);
    await storage.put("key", bytes("body"));
    server.faults.add("any", fault);
    expect(textOf(await storage.get("key"))).toBe("body");
    server.faults.add("any", fault);
    expect((await storage.head("key"))?.size).toBe(4);
    server.faults.add("any", fault);
    expect(await collect(storage.list(""))).toHaveLength(1);
    server.faults.add("any", fault);
    await storage.delete("key");
    expect(await storage.head("key")).toBeUndefined();
  });
});

const lasting: [MeteringErrorCode, boolean, Fault][] = [
  ["unavailable", true, { kind: "error", status: 500, code: "InternalError" }],
  ["timeout", true, { kind: "error", status: 500, code: "OperationTimedOut" }],
  ["unavailable", true, { kind: "cut-before-store" }],
  ["throttled", true, { kind: "error", status: 503, code: "ServerBusy" }],
  ["conflict", true, { kind: "error", status: 409, code: "OperationNotAllowed" }],
  ["permission-denied", false, { kind: "error", status: 403, code: "AuthorizationPermissionMismatch" }],
  ["permission-denied", false, { kind: "error", status: 403, code: "AuthorizationFailure" }],
  ["permission-denied", false, { kind: "error", status: 409, code: "BlobImmutableDueToPolicy" }],
  ["permission-denied", false, { kind: "error", status: 412, code: "LeaseIdMissing" }],
  ["unauthenticated", false, { kind: "error", status: 403, code: "AuthenticationFailed" }],
  ["unauthenticated", false, { kind: "error", status: 403, code: "KeyBasedAuthenticationNotPermitted" }],
  ["unauthenticated", false, { kind: "error", status: 401, code: "NoAuthenticationInformation" }],
  ["bucket-not-found", false, { kind: "error", status: 404, code: "ContainerNotFound" }],
  ["bucket-not-found", false, { kind: "error", status: 409, code: "ContainerBeingDeleted" }],
  ["not-supported", false, { kind: "error", status: 409, code: "SnapshotsPresent" }],
  ["not-supported", false, { kind: "error", status: 409, code: "ResourceTypeMismatch" }],
  ["too-large", false, { kind: "error", status: 413, code: "RequestBodyTooLarge" }],
  ["storage-failure", false, { kind: "error", status: 400, code: "InvalidHeaderValue" }],
  ["storage-failure", false, { kind: "error", status: 307, code: "X", headers: { location: "/elsewhere" } }],
];

describe.each(lasting)("%s", (code, repeated, fault) => {
  test(`is what ${JSON.stringify(fault)} means for every verb, ${repeated ? "after all attempts" : "at once"}`, async () => {
    const server = await startServer();
    const storage = openStorage(server, { maxAttempts: 2, prefix: "team" });
    const calls = {
      put: () => storage.put("key", bytes("body")),
      get: () => storage.get("key"),
      head: () => storage.head("key"),
      delete: () => storage.delete("key"),
      list: () => collect(storage.list("key")),
    };
    for (const [verb, call] of Object.entries(calls)) {
      server.faults.add("any", fault, 2);
      const before = total(server.requests);
      const error = await rejection(call());
      expect([verb, error.code, error.retryable]).toEqual([verb, code, repeated]);
      expect(error).toMatchObject({ key: "key", storage: "azure://usage/team/" });
      expect(error.cause).toBeInstanceOf(Error);
      expect(total(server.requests) - before).toBe(repeated ? 2 : 1);
      server.faults.clear();
    }
  });
});

test("a wrong key and a wrong container are told apart, by every verb", async () => {
  const server = await startServer();
  const wrongKey = openStorage(server, { accountKey: "d3Jvbmc=" });
  expect((await rejection(wrongKey.head("key"))).code).toBe("unauthenticated");
  const elsewhere = openStorage(server, { container: "elsewhere" });
  expect((await rejection(elsewhere.get("key"))).code).toBe("bucket-not-found");
  expect((await rejection(elsewhere.head("key"))).code).toBe("bucket-not-found");
  expect((await rejection(elsewhere.delete("key"))).code).toBe("bucket-not-found");
  expect((await rejection(elsewhere.put("key", bytes("")))).code).toBe("bucket-not-found");
  expect((await rejection(collect(elsewhere.list("")))).code).toBe("bucket-not-found");
});

test.each<Fault>([{ kind: "cut-body" }, { kind: "corrupt-body" }])(
  "a body with $kind is read again, and is an error where that lasts",
  async (fault) => {
    const server = await startServer();
    const storage = openStorage(server, { maxAttempts: 3 });
    const body = "0123456789".repeat(1000);
    await storage.put("key", bytes(body));
    server.faults.add("get", fault, 2);
    expect(textOf(await storage.get("key"))).toBe(body);
    expect(server.requests.get).toBe(3);
    server.faults.add("get", fault, 3);
    expect((await rejection(storage.get("key"))).code).toBe("unavailable");
    expect(server.requests.get).toBe(6);
  },
);

test("every put carries the MD5 of its body, by which the server knows a damaged one", async () => {
  const checksums: unknown[] = [];
  const endpoint = await answerWith((response) => {
    checksums.push(response.req.headers["content-md5"]);
    response.writeHead(201, { etag: '"1"' }).end();
  });
  const storage = openStorage(await startServer(), { endpoint });
  await storage.put("key", bytes("body"));
  await storage.put("key", bytes(""));
  expect(checksums).toEqual(["hBotaJrYa9FhFEdFPCLG/A==", "1B2M2Y8AsgTpgAmY7PhCfg=="]);
});

test("a body that arrives damaged is refused by the server, and sent again", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  server.faults.add("put", { kind: "error", status: 400, code: "Md5Mismatch" });
  await storage.put("key", bytes("body"));
  expect(server.requests.put).toBe(2);
});

test("a listing that is cut is read again, and never shorter than it is", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  for (let i = 0; i < 20; i++) await storage.put(`key/${i}`, bytes(""));
  server.faults.add("list", { kind: "cut-body" }, 2);
  expect(await collect(storage.list(""))).toHaveLength(20);
});

test("a store that says when to come back is not asked before", async () => {
  const server = await startServer();
  const busy: Fault = { kind: "error", status: 503, code: "ServerBusy", headers: { "retry-after": "1" } };
  server.faults.add("head", busy);
  const storage = openStorage(server);
  const begin = performance.now();
  await storage.head("key");
  expect(performance.now() - begin).toBeGreaterThan(990);
});

test("a slow answer is a timeout after all attempts, and its connections are gone", async () => {
  const server = await startServer();
  const storage = openStorage(server, { timeoutMs: 100, maxAttempts: 2 });
  server.faults.add("get", { kind: "slow", delayMs: 60_000 }, 2);
  expect((await rejection(storage.get("key"))).code).toBe("timeout");
  expect(server.requests.get).toBe(2);
  await expect.poll(() => server.connections()).toBe(0);
});

test("a connection that is not made in time is a timeout", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const endpoint = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const storage = openStorage(await startServer(), { endpoint, connectTimeoutMs: 50, maxAttempts: 2 });
  expect((await rejection(storage.get("key"))).code).toBe("timeout");
});

test("nobody at the endpoint is unavailable", async () => {
  const storage = openStorage(await startServer(), { endpoint: "http://127.0.0.1:1", maxAttempts: 2 });
  const error = await rejection(storage.get("key"));
  expect([error.code, error.cause]).toEqual(["unavailable", expect.objectContaining({ code: "ECONNREFUSED" })]);
});

describe("an answer that is not one of Azure", () => {
  test.each([
    ["a gateway's page", 502, "<html><p>Bad gateway", "unavailable"],
    ["a proxy's page", 404, "<html><p>No gateway here", "storage-failure"],
    ["nothing", 403, "", "permission-denied"],
  ])("such as %s is an error by its status", async (_what, status, body, code) => {
    const endpoint = await answerWith((response) => void response.writeHead(status).end(body));
    const storage = openStorage(await startServer(), { endpoint, maxAttempts: 2 });
    for (const call of [
      () => storage.get("key"),
      () => storage.head("key"),
      () => storage.put("key", bytes("body")),
      () => storage.delete("key"),
    ]) {
      const error = await rejection(call());
      expect(error.code).toBe(code);
      expect(JSON.stringify([error.message, String(error.cause)])).not.toContain("gateway");
    }
  });

  test.each([
    ["a portal's page", "<html><body>Log in</body></html>"],
    ["another XML", "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"],
    ["a listing without its container", "<EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"],
    ["no XML", "{}"],
    ["nothing", ""],
  ])("such as %s is neither a listing nor a put nor a body", async (_what, body) => {
    const endpoint = await answerWith((response) => void response.end(body));
    const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
    const codes = ["storage-failure", "unavailable"];
    expect(codes).toContain((await rejection(collect(storage.list("")))).code);
    expect(codes).toContain((await rejection(storage.put("key", bytes("body")))).code);
    expect(codes).toContain((await rejection(storage.get("key"))).code);
  });

  test("is not held where it never ends", async () => {
    const endpoint = await answerWith((response) => answerEndlessly(response.writeHead(200)));
    const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
    expect((await rejection(collect(storage.list("")))).code).toBe("storage-failure");
    const refusing = await answerWith((response) => answerEndlessly(response.writeHead(403)));
    const refused = openStorage(await startServer(), { endpoint: refusing, maxAttempts: 1 });
    expect((await rejection(refused.get("key"))).code).toBe("permission-denied");
  });
});

test("an object larger than maxBytes is refused before it is read, and its connection is gone", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("large", new Uint8Array(5_000_000));
  expect((await rejection(storage.get("large", { maxBytes: 999_999 }))).code).toBe("too-large");
  expect(server.requests.get).toBe(1);
  await expect.poll(() => server.connections()).toBe(0);
});
