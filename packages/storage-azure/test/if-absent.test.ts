import type { Fault } from "@metering/azure-test-server";
import { expect, test } from "vitest";
import { bytes, openStorage, rejection, startServer, textOf } from "./open.ts";

const ifAbsent = true;

test("it takes one request, once the server has proven that it heeds the condition", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("first", bytes("1"), { ifAbsent });
  expect(server.requests).toMatchObject({ put: 2, head: 1 });
  await storage.put("second", bytes("2"), { ifAbsent });
  expect((await rejection(storage.put("second", bytes("3"), { ifAbsent }))).code).toBe("already-exists");
  expect(server.requests).toMatchObject({ put: 4, head: 1 });
});

test("a server that takes the condition and ignores it is not-supported, and nothing is left there", async () => {
  const server = await startServer({ heedsConditions: false });
  const storage = openStorage(server);
  await storage.put("old", bytes("old"));
  expect((await rejection(storage.put("old", bytes("new"), { ifAbsent }))).code).toBe("already-exists");
  expect((await rejection(storage.put("new", bytes("new"), { ifAbsent }))).code).toBe("not-supported");
  expect(textOf(await storage.get("old"))).toBe("old");
  expect(await storage.head("new")).toBeUndefined();
});

test.each(["lost-response", "cut-before-store"] as const)(
  "a %s is no already-exists: the write counts once",
  async (kind) => {
    const server = await startServer();
    const storage = openStorage(server);
    await storage.put("proof", bytes("proof"), { ifAbsent });
    server.faults.add("put", { kind }, 2);
    const { etag } = await storage.put("key", bytes("mine"), { ifAbsent });
    expect(server.requests.put).toBe(5);
    expect(etag).toBe((await storage.head("key"))?.etag);
    expect(textOf(await storage.get("key"))).toBe("mine");
  },
);

test("another's object, found after a failed attempt, is already-exists, also with the same bytes", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("proof", bytes("proof"), { ifAbsent });
  await openStorage(server).put("key", bytes("body"), { ifAbsent });
  server.faults.add("put", { kind: "error", status: 500, code: "InternalError" });
  const error = await rejection(storage.put("key", bytes("body"), { ifAbsent }));
  expect([error.code, error.key]).toEqual(["already-exists", "key"]);
});

const refusals: Fault[] = [
  { kind: "error", status: 409, code: "BlobImmutableDueToPolicy" },
  { kind: "error", status: 409, code: "BlobArchived" },
  { kind: "error", status: 412, code: "LeaseIdMissing" },
  { kind: "error", status: 412, code: "ConditionNotMet" },
];

test.each(refusals)("$code is already-exists where an object is there, and else what it says", async (fault) => {
  const server = await startServer();
  const storage = openStorage(server, { maxAttempts: 1 });
  await storage.put("proof", bytes("proof"), { ifAbsent });
  server.faults.add("put", fault);
  expect((await rejection(storage.put("proof", bytes("2"), { ifAbsent }))).code).toBe("already-exists");
  server.faults.add("put", fault);
  expect((await rejection(storage.put("new", bytes("2"), { ifAbsent }))).code).not.toBe("already-exists");
  expect(await storage.head("new")).toBeUndefined();
});

test("those who may create blobs and not overwrite them are told already-exists, too", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("proof", bytes("proof"), { ifAbsent });
  server.faults.add("put", { kind: "error", status: 403, code: "UnauthorizedBlobOverwrite" });
  expect((await rejection(storage.put("proof", bytes("2"), { ifAbsent }))).code).toBe("already-exists");
  server.faults.add("put", { kind: "error", status: 403, code: "UnauthorizedBlobOverwrite" });
  expect((await rejection(storage.put("proof", bytes("2")))).code).toBe("permission-denied");
});

test("a credential that may not look is refused until the server is proven, and nothing is stored", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  server.faults.add("head", { kind: "error", status: 403, code: "AuthorizationPermissionMismatch" });
  const error = await rejection(storage.put("key", bytes("1"), { ifAbsent }));
  expect([error.code, error.key]).toEqual(["permission-denied", "key"]);
  expect(server.requests.put).toBe(0);
});
