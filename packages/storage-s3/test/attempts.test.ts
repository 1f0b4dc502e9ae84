import { s3Faults, type Fault, type Operation } from "@metering/s3-test-server";
import type { S3Storage } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes, startStore } from "./store.ts";

const calls: Readonly<Record<string, readonly [Operation, (storage: S3Storage) => Promise<unknown>]>> = {
  put: ["PutObject", (storage) => storage.put("key", bytes("body"))],
  get: ["GetObject", (storage) => storage.get("key")],
  head: ["HeadObject", (storage) => storage.head("key")],
  delete: ["DeleteObject", (storage) => storage.delete("key")],
  list: ["ListObjectsV2", (storage) => storage.list("")[Symbol.asyncIterator]().next()],
};

const passing: Readonly<Record<string, Fault>> = {
  "a broken connection": { kind: "cut-before" },
  "a lost response": { kind: "lose-answer" },
  "a server error": s3Faults.internalError,
  throttling: { ...s3Faults.slowDown, headers: {} },
  "a gateway's error page": { kind: "error", status: 502, code: "Bad Gateway" },
  "a server that does not respond": { kind: "hang" },
};

for (const [verb, [operation, call]] of Object.entries(calls)) {
  test.for(Object.entries(passing))(`${verb} succeeds after %s, twice`, async ([, fault]) => {
    const { server, open } = await startStore();
    const storage = open({ timeoutMs: fault.kind === "hang" ? 100 : 10_000 });
    await storage.put("key", bytes("body"));
    const before = server.count(operation);
    server.fail(fault, { operation, times: 2 });
    await call(storage);
    expect(server.count(operation) - before).toBe(3);
  });
}

const lasting: readonly (readonly [string, Fault])[] = [
  ["unavailable", { kind: "cut-before" }],
  ["unavailable", s3Faults.internalError],
  ["throttled", { ...s3Faults.slowDown, headers: {} }],
  ["conflict", s3Faults.conditionalConflict],
  ["timeout", { kind: "hang" }],
];

test.for(lasting)("after maxAttempts, a permanent failure is %s and retryable", async ([code, fault]) => {
  const { server, open } = await startStore();
  const storage = open({ maxAttempts: 3, timeoutMs: fault.kind === "hang" ? 50 : 10_000 });
  server.fail(fault, { times: 100 });
  await expect(storage.put("key", bytes("body"))).rejects.toMatchObject({ code, retryable: true, key: "key" });
  expect(server.count("PutObject")).toBe(3);
});

test("a failure that is not transient is not retried", async () => {
  const { server, open } = await startStore();
  server.fail(s3Faults.accessDenied);
  await expect(open().get("key")).rejects.toMatchObject({ code: "permission-denied" });
  expect(server.count("GetObject")).toBe(1);
});

test("a Retry-After is respected", async () => {
  const { server, open } = await startStore();
  server.fail(s3Faults.slowDown);
  const before = performance.now();
  await open().put("key", bytes("body"));
  expect(performance.now() - before).toBeGreaterThanOrEqual(990);
});

test("every retry is logged, without credentials", async () => {
  const { server, open } = await startStore();
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  server.fail(s3Faults.internalError, { times: 2 });
  await open({ logger: { debug: log, info: log, warn: log, error: log } }).put("key", bytes("body"));
  expect(lines).toHaveLength(2);
  expect(lines.join()).not.toContain(server.credentials.secretAccessKey);
});

test("each further attempt is told to a caller who asks, with its reason", async () => {
  const { server, open } = await startStore();
  const reasons: string[] = [];
  server.fail(s3Faults.internalError, { times: 2 });
  await open().put("key", bytes("body"), { onRetry: ({ code }) => reasons.push(code) });
  expect(reasons).toEqual(["unavailable", "unavailable"]);
});

test("calls beyond maxConnections are queued, and their timeout starts later", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxConnections: 2, timeoutMs: 500 });
  server.fail({ kind: "delay", delayMs: 100 }, { times: 20 });
  let mostSockets = 0;
  const puts = Array.from({ length: 20 }, async (_, i) => {
    await storage.put(`key/${i}`, bytes("body"));
    mostSockets = Math.max(mostSockets, await server.openSockets());
  });
  await Promise.all(puts);
  expect(mostSockets).toBe(2);
});
