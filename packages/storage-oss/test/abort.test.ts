import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { answerEndlessly, answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, openStorage, startServer } from "./open.ts";

test("200 aborted gets leak no connection and no listener", async () => {
  const server = await startServer();
  const storage = openStorage(server, { maxConnections: 20 });
  await storage.put("key", new Uint8Array(200_000));
  server.faults.add("get", { kind: "slow", delayMs: 60_000 }, Infinity);
  const reason = new Error("enough");
  for (let round = 0; round < 4; round++) {
    const controller = new AbortController();
    const gets = Array.from({ length: 50 }, () =>
      storage.get("key", { signal: controller.signal }).catch((error: unknown) => error),
    );
    await expect.poll(() => server.connections(), { interval: 1 }).toBe(20);
    controller.abort(reason);
    expect(new Set(await Promise.all(gets))).toEqual(new Set([reason]));
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    await expect.poll(() => server.connections(), { interval: 1 }).toBe(0);
  }
});

test("an abort during the body ends the request", async () => {
  let bodies = 0;
  const endpoint = await answerWith((response) => {
    bodies += 1;
    response.on("close", () => (bodies -= 1));
    answerEndlessly(response);
  });
  const storage = openStorage(await startServer(), { endpoint });
  const controller = new AbortController();
  const get = storage.get("key", { signal: controller.signal }).catch((error: unknown) => error);
  await expect.poll(() => bodies, { interval: 1 }).toBe(1);
  controller.abort("reason");
  expect(await get).toBe("reason");
  await expect.poll(() => bodies).toBe(0);
});

test("consecutive calls share a connection, and failed ones leak none", async () => {
  const server = await startServer();
  const storage = openStorage(server);
  for (let i = 0; i < 20; i++) {
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

test("an abort ends the wait for credentials", async () => {
  const server = await startServer();
  const storage = openStorage(server, { credentials: () => new Promise(() => {}) });
  const controller = new AbortController();
  const get = storage.get("key", { signal: controller.signal }).catch((error: unknown) => error);
  controller.abort("no longer needed");
  expect(await get).toBe("no longer needed");
});

test("calls in progress on close are completed", async () => {
  const server = await startServer();
  const storage = openStorage(server, { maxAttempts: 1 });
  server.faults.add("put", { kind: "slow", delayMs: 100 }, 10);
  const puts = Array.from({ length: 10 }, (_, i) => storage.put(`key/${i}`, bytes("body")));
  await expect.poll(() => server.requests.put, { interval: 1 }).toBe(10);
  await storage.close();
  await Promise.all(puts);
  await expect.poll(() => server.connections()).toBe(0);
});
