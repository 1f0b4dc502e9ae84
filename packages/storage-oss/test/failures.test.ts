import { createServer } from "node:net";
import type { MeteringErrorCode } from "@metering/core";
import type { Fault } from "@metering/oss-test-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { answerEndlessly, answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, openStorage, rejection, startServer, textOf } from "./open.ts";

const passing: [string, Fault][] = [
  ["a 500", { kind: "error", status: 500, code: "InternalError" }],
  ["a 503", { kind: "error", status: 503, code: "ServiceUnavailable" }],
  ["throttling", { kind: "error", status: 503, code: "QpsLimitExceeded" }],
  ["a conflict", { kind: "error", status: 409, code: "OperationConflict" }],
  ["a broken connection", { kind: "cut-before-store" }],
  ["a lost response", { kind: "lost-response" }],
];

describe.each(passing)("a transient failure, %s,", (_what, fault) => {
  test("fails no verb", async () => {
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

test.each<Fault>([{ kind: "cut-body" }, { kind: "corrupt-body" }])("a $kind fault is retried", async (fault) => {
  const server = await startServer();
  const storage = openStorage(server);
  const body = "0123456789".repeat(1000);
  await storage.put("key", bytes(body));
  server.faults.add("get", fault, 2);
  expect(textOf(await storage.get("key"))).toBe(body);
  expect(server.requests.get).toBe(3);
});

test.each<Fault>([{ kind: "cut-body" }, { kind: "corrupt-body" }])(
  "a permanent $kind fault is an error, not a body",
  async (fault) => {
    const server = await startServer();
    const storage = openStorage(server, { maxAttempts: 2 });
    await storage.put("key", bytes("0123456789"));
    server.faults.add("get", fault, 2);
    expect((await rejection(storage.get("key"))).code).toBe("unavailable");
  },
);

test("a truncated listing is retried and never short", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  for (let i = 0; i < 20; i++) await storage.put(`key/${i}`, bytes(""));
  server.faults.add("list", { kind: "cut-body" }, 2);
  expect(await collect(storage.list(""))).toHaveLength(20);
});

const lasting: [MeteringErrorCode, boolean, Fault][] = [
  ["unavailable", true, { kind: "error", status: 500, code: "InternalError" }],
  ["unavailable", true, { kind: "cut-before-store" }],
  ["throttled", true, { kind: "error", status: 503, code: "QpsLimitExceeded" }],
  ["throttled", true, { kind: "error", status: 429, code: "TooManyRequests" }],
  ["conflict", true, { kind: "error", status: 409, code: "OperationConflict" }],
  ["permission-denied", false, { kind: "error", status: 403, code: "AccessDenied" }],
  ["permission-denied", false, { kind: "error", status: 403, code: "UserDisable" }],
  ["permission-denied", false, { kind: "error", status: 409, code: "FileImmutable" }],
  ["unauthenticated", false, { kind: "error", status: 403, code: "InvalidAccessKeyId" }],
  ["unauthenticated", false, { kind: "expired-token" }],
  ["unauthenticated", false, { kind: "clock-skew" }],
  ["bucket-not-found", false, { kind: "error", status: 404, code: "NoSuchBucket" }],
  ["not-supported", false, { kind: "error", status: 501, code: "NotImplemented" }],
  ["invalid-argument", false, { kind: "error", status: 307, code: "TemporaryRedirect" }],
  ["storage-failure", false, { kind: "error", status: 400, code: "MalformedXML" }],
];

describe.each(lasting)("%s", (code, repeated, fault) => {
  test(`is the error for ${JSON.stringify(fault)} of every verb, ${repeated ? "after all attempts" : "at once"}`, async () => {
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
      const before = Object.values(server.requests).reduce((a, b) => a + b);
      const error = await rejection(call());
      expect([verb, error.code, error.retryable]).toEqual([verb, code, repeated]);
      expect(error).toMatchObject({ key: "key", storage: "oss://metering-test/team/" });
      expect(error.cause).toBeInstanceOf(Error);
      expect(Object.values(server.requests).reduce((a, b) => a + b) - before).toBe(repeated ? 2 : 1);
      server.faults.clear();
    }
  });
});

test("wrong keys, a wrong bucket and a missing permission give different errors", async () => {
  const server = await startServer();
  const wrongSecret = { ...server.credentials, accessKeySecret: "wrong" };
  expect((await rejection(openStorage(server, { credentials: wrongSecret }).get("key"))).code).toBe("unauthenticated");
  const elsewhere = openStorage(server, { bucket: "elsewhere" });
  expect((await rejection(elsewhere.get("key"))).code).toBe("bucket-not-found");
  expect((await rejection(elsewhere.head("key"))).code).toBe("bucket-not-found");
  expect((await rejection(elsewhere.put("key", bytes("")))).code).toBe("bucket-not-found");
  expect((await rejection(collect(elsewhere.list("")))).code).toBe("bucket-not-found");
  const reader = openStorage(server, { credentials: server.readOnlyCredentials });
  expect((await rejection(reader.put("key", bytes("")))).code).toBe("permission-denied");
  expect(await reader.head("key")).toBeUndefined();
});

test("the error for clock skew says so", async () => {
  const server = await startServer();
  server.clockOffsetMs = -20 * 60 * 1000;
  expect((await rejection(openStorage(server).get("key"))).message).toMatch(/clock/);
});

test("a slow response is a timeout after all attempts, and leaks no connection", async () => {
  const server = await startServer();
  const storage = openStorage(server, { timeoutMs: 50, maxAttempts: 2 });
  server.faults.add("get", { kind: "slow", delayMs: 60_000 }, 2);
  expect((await rejection(storage.get("key"))).code).toBe("timeout");
  expect(server.requests.get).toBe(2);
  await expect.poll(() => server.connections()).toBe(0);
});

test("a Retry-After is respected", async () => {
  const asked: number[] = [];
  const endpoint = await answerWith((response) => {
    asked.push(performance.now());
    response.writeHead(503, { "retry-after": "1" }).end();
  });
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 2 });
  await rejection(storage.get("key"));
  const [first = 0, second = 0] = asked;
  expect(second - first).toBeGreaterThan(990);
});

test("a connection that is not established in time is a timeout", async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const endpoint = `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const storage = openStorage(await startServer(), { endpoint, connectTimeoutMs: 50, maxAttempts: 2 });
  expect((await rejection(storage.get("key"))).code).toBe("timeout");
});

test("an endpoint without a server is unavailable", async () => {
  const server = await startServer();
  const storage = openStorage(server, { endpoint: "http://127.0.0.1:1", maxAttempts: 2 });
  const error = await rejection(storage.get("key"));
  expect([error.code, error.cause]).toEqual(["unavailable", expect.objectContaining({ code: "ECONNREFUSED" })]);
});

test("a response that is no HTTP is unavailable, and may be tried again", async () => {
  const garbage = createServer((socket) => void socket.end("this is no HTTP\r\n\r\n"));
  await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void garbage.close());
  const address = garbage.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
  expect(await rejection(storage.get("key"))).toMatchObject({ code: "unavailable", retryable: true });
});

describe("a response that does not come from OSS,", () => {
  test.each([
    ["a gateway's page", 502, "<html><p>Bad gateway", "unavailable"],
    ["a very long page", 503, "x".repeat(1_000_000), "unavailable"],
    ["nothing", 403, "", "permission-denied"],
  ])("such as %s, is an error by its status", async (_what, status, body, code) => {
    const endpoint = await answerWith((response) => void response.writeHead(status).end(body));
    const storage = openStorage(await startServer(), { endpoint, maxAttempts: 2 });
    const error = await rejection(storage.get("key"));
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain("gateway");
  });

  test.each([
    ["a portal's page", "<html><body>Log in</body></html>"],
    ["no XML", "{}"],
    ["nothing", ""],
  ])("such as %s, is never an empty listing", async (_what, body) => {
    const endpoint = await answerWith((response) => void response.end(body));
    const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
    expect((await rejection(collect(storage.list("")))).code).toMatch(/storage-failure|unavailable/);
  });
});

test("every verb rejects a name that, with its prefix, has more than 1,023 bytes or begins with a backslash", async () => {
  const server = await startServer();
  const storage = openStorage(server, { prefix: "team" });
  const longest = `${"k".repeat(250)}/`.repeat(4) + "k".repeat(1023 - "team/".length - 1004);
  await storage.put(longest, bytes("body"));
  expect((await storage.head(longest))?.key).toBe(longest);
  const top = openStorage(server);
  for (const [opened, key] of [
    [storage, `${longest}k`],
    [top, "\\first"],
  ] as const) {
    for (const call of [opened.put(key, bytes("")), opened.get(key), opened.head(key), opened.delete(key)]) {
      expect((await rejection(call)).code).toBe("invalid-key");
    }
  }
  expect(server.requests).toMatchObject({ put: 1, get: 0, head: 1, delete: 0 });
});

test("an object larger than maxBytes is rejected at once, and leaks no connection", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("large", new Uint8Array(1_000_000));
  expect((await rejection(storage.get("large", { maxBytes: 999_999 }))).code).toBe("too-large");
  expect(server.requests.get).toBe(1);
  await expect.poll(() => server.connections()).toBe(0);
});

test("an object whose length exceeds maxBytes is rejected before its body arrives", async () => {
  const endpoint = await answerWith((response) => response.writeHead(200, { "content-length": 1e9 }).flushHeaders());
  const storage = openStorage(await startServer(), { endpoint });
  expect((await rejection(storage.get("key", { maxBytes: 100_000 }))).code).toBe("too-large");
});

test("an error with an endless body is an error by its status", async () => {
  const endpoint = await answerWith((response) => answerEndlessly(response.writeHead(403)));
  const storage = openStorage(await startServer(), { endpoint });
  expect((await rejection(storage.get("key"))).code).toBe("permission-denied");
});

test("an object with an endless body is rejected after maxBytes", async () => {
  const endpoint = await answerWith(answerEndlessly);
  const storage = openStorage(await startServer(), { endpoint });
  expect((await rejection(storage.get("key", { maxBytes: 100_000 }))).code).toBe("too-large");
});
