import { expect, test } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, openStorage, rejection, startServer, textOf } from "./open.ts";

test("exactly one of 50 concurrent writers wins, in each of 5 rounds", async () => {
  const server = await startServer();
  const storages = [openStorage(server), openStorage(server), openStorage(server)] as const;
  for (let round = 0; round < 5; round++) {
    const key = `round/${round}`;
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, writer) => {
        const storage = storages[writer % 3] ?? storages[0];
        const put = storage.put(key, bytes(`writer ${writer}`), { ifAbsent: true });
        return put.then(
          () => `writer ${writer}`,
          (error: { code: string }) => error.code,
        );
      }),
    );
    const winners = outcomes.filter((outcome) => outcome.startsWith("writer"));
    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "already-exists")).toHaveLength(49);
    expect(textOf(await storages[0].get(key))).toBe(winners[0]);
  }
});

test("a put with ifAbsent is one request once the bucket was tested", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("first", bytes("1"), { ifAbsent: true });
  expect(server.requests).toMatchObject({ put: 2, head: 1 });
  await storage.put("second", bytes("2"), { ifAbsent: true });
  await rejection(storage.put("second", bytes("3"), { ifAbsent: true }));
  expect(server.requests).toMatchObject({ put: 4, head: 1 });
});

test.each(["lost-response", "cut-before-store"] as const)("a %s is success, not already-exists", async (kind) => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("proof", bytes("proof"), { ifAbsent: true });
  server.faults.add("put", { kind });
  const { etag } = await storage.put("key", bytes("mine"), { ifAbsent: true });
  expect(server.requests.put).toBe(4);
  expect(etag).toBe((await storage.head("key"))?.etag);
  expect(textOf(await storage.get("key"))).toBe("mine");
});

test("several lost responses in a row are success, not already-exists", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  server.faults.add("put", { kind: "lost-response" }, 2);
  server.faults.add("head", { kind: "error", status: 500, code: "InternalError" }, 2);
  await storage.put("key", bytes("mine"), { ifAbsent: true });
});

test("another writer's object is already-exists, even after a failed attempt", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  await storage.put("other", bytes("0"), { ifAbsent: true });
  await storage.put("key", bytes("another's"));
  server.faults.add("put", { kind: "error", status: 500, code: "InternalError" });
  const error = await rejection(storage.put("key", bytes("mine"), { ifAbsent: true }));
  expect([error.code, error.key]).toEqual(["already-exists", "key"]);
  expect(textOf(await storage.get("key"))).toBe("another's");
});

test("a writer without read permission is refused until the bucket is tested, and nothing is stored", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  server.faults.add("head", { kind: "error", status: 403, code: "AccessDenied" });
  const error = await rejection(storage.put("key", bytes("1"), { ifAbsent: true }));
  expect([error.code, error.key]).toEqual(["permission-denied", "key"]);
  expect(server.requests.put).toBe(0);
  await storage.put("proof", bytes("1"), { ifAbsent: true });
  server.faults.add("head", { kind: "error", status: 403, code: "AccessDenied" }, 2);
  await storage.put("key", bytes("1"), { ifAbsent: true });
  expect((await rejection(storage.put("key", bytes("2"), { ifAbsent: true }))).code).toBe("already-exists");
});

test("a store that silently ignores the condition is not-supported", async () => {
  const endpoint = await answerWith((response) => {
    response.setHeader("x-oss-request-id", "1");
    if (response.req.method === "HEAD") response.writeHead(404).end();
    else response.setHeader("etag", '"1"').end();
  });
  const storage = openStorage(await startServer(), { endpoint });
  expect((await rejection(storage.put("key", bytes("1"), { ifAbsent: true }))).code).toBe("not-supported");
});

test("a failed check for the object is retried before anything is written", async () => {
  const server = await startServer({ versioning: true });
  const storage = openStorage(server);
  await storage.put("key", bytes("old"));
  server.faults.add("head", { kind: "error", status: 500, code: "InternalError" });
  expect((await rejection(storage.put("key", bytes("new"), { ifAbsent: true }))).code).toBe("already-exists");
  expect(server.requests.put).toBe(1);
});

test("a bucket with versioning, which ignores the condition, is refused and keeps its objects", async () => {
  const server = await startServer({ versioning: true });
  const storage = openStorage(server);
  await storage.put("key", bytes("old"));
  expect((await rejection(storage.put("key", bytes("new"), { ifAbsent: true }))).code).toBe("already-exists");
  expect(textOf(await storage.get("key"))).toBe("old");
  expect((await rejection(storage.put("another", bytes("new"), { ifAbsent: true }))).code).toBe("not-supported");
  expect(await storage.head("another")).toBeUndefined();
});
