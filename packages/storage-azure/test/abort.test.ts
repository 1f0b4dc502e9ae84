import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { answerEndlessly, answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, openStorage, startServer } from "./open.ts";

test("an aborted call ends its request: nothing is left of 100 gets on server or signal", async () => {
  const server = await startServer();
  const storage = openStorage(server, { maxConnections: 20 });
  server.faults.add("get", { kind: "slow", delayMs: 60_000 }, Infinity);
  const reason = new Error("enough");
  const controller = new AbortController();
  const gets = Array.from({ length: 100 }, () =>
    storage.get("key", { signal: controller.signal }).catch((error: unknown) => error),
  );
  await expect.poll(() => server.connections(), { interval: 1 }).toBe(20);
  controller.abort(reason);
  expect(new Set(await Promise.all(gets))).toEqual(new Set([reason]));
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  await expect.poll(() => server.connections(), { interval: 1 }).toBe(0);
});

test("an abort while the body comes ends it, too", async () => {
  let bodies = 0;
  const endpoint = await answerWith((response) => {
    bodies += 1;
    response.on("close", () => (bodies -= 1));
    answerEndlessly(response.writeHead(200, { etag: '"1"', "content-length": 1e15 }));
  });
  const storage = openStorage(await startServer(), { endpoint });
  const controller = new AbortController();
  const get = storage.get("key", { signal: controller.signal }).catch((error: unknown) => error);
  await expect.poll(() => bodies, { interval: 1 }).toBe(1);
  controller.abort("reason");
  expect(await get).toBe("reason");
  await expect.poll(() => bodies).toBe(0);
});

test("calls one after the other share a connection, failed ones too, and close ends it", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  for (let i = 0; i < 5; i++) {
    await storage.put("key", bytes("body"));
    await storage.get("key");
    await storage.head("key");
    await storage.head("none");
    await storage.get("none").catch(() => {});
    await collect(storage.list(""));
    await storage.delete("key");
  }
  expect(server.connections()).toBe(1);
  await storage.close();
  await expect.poll(() => server.connections()).toBe(0);
});

test("close lets calls under way come to their end", async () => {
  const server = await startServer();
  const storage = openStorage(server, { maxAttempts: 1 });
  server.faults.add("put", { kind: "slow", delayMs: 100 }, 10);
  const puts = Array.from({ length: 10 }, (_, i) => storage.put(`key/${i}`, bytes("body")));
  await expect.poll(() => server.requests.put, { interval: 1 }).toBe(10);
  await storage.close();
  await Promise.all(puts);
  await expect.poll(() => server.connections()).toBe(0);
});
