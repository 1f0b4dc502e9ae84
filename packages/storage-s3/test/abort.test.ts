import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { s3Faults, type Operation } from "@metering/s3-test-server";
import type { CallOptions } from "@metering/core";
import type { S3Storage } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes, openProven, startStore } from "./store.ts";

setFlagsFromString("--expose-gc");
const gc: unknown = runInNewContext("gc");
function usedHeap(): number {
  if (typeof gc === "function") gc();
  return process.memoryUsage().heapUsed;
}

const calls: Readonly<
  Record<string, readonly [Operation, (storage: S3Storage, options: CallOptions) => Promise<unknown>]>
> = {
  put: ["PutObject", (storage, options) => storage.put("key", bytes("body"), options)],
  "put if absent": [
    "PutObject",
    (storage, options) => storage.put("new", bytes("body"), { ...options, ifAbsent: true }),
  ],
  get: ["GetObject", (storage, options) => storage.get("proof", options)],
  head: ["HeadObject", (storage, options) => storage.head("proof", options)],
  delete: ["DeleteObject", (storage, options) => storage.delete("proof", options)],
  list: ["ListObjectsV2", (storage, options) => storage.list("", options)[Symbol.asyncIterator]().next()],
};

/** Resolves once the server has received the request. */
async function arrived(count: () => number, atLeast: number): Promise<void> {
  while (count() < atLeast) await new Promise((resolve) => setImmediate(resolve));
}

test.for(Object.entries(calls))(
  "an abort during %s rejects with the signal's reason and closes the connection",
  async ([, [operation, call]]) => {
    const store = await startStore();
    const storage = await openProven(store);
    const before = store.server.count(operation);
    store.server.fail({ kind: "hang" }, { operation });
    const controller = new AbortController();
    const reason = { why: "changed my mind" };
    const outcome = call(storage, { signal: controller.signal }).catch((error: unknown) => error);
    await arrived(() => store.server.count(operation), before + 1);
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    while ((await store.server.openSockets()) > 1) await new Promise((resolve) => setImmediate(resolve));
    await storage.put("key", bytes("the storage goes on to work"));
  },
);

test("an abort ends the wait for a retry", async () => {
  const { server, open } = await startStore();
  server.fail({ ...s3Faults.slowDown, headers: { "retry-after": "30" } }, { times: 2 });
  const controller = new AbortController();
  const outcome = open().put("key", bytes("body"), { signal: controller.signal });
  const failed = expect(outcome).rejects.toBe("enough");
  await arrived(() => server.count("PutObject"), 1);
  controller.abort("enough");
  await failed;
});

test("an abort ends a queued call, which then sends nothing", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxConnections: 1 });
  server.fail({ kind: "delay", delayMs: 100 });
  const first = storage.put("first", bytes("body"));
  const controller = new AbortController();
  const second = expect(storage.put("second", bytes("body"), { signal: controller.signal })).rejects.toBe("enough");
  controller.abort("enough");
  await second;
  await first;
  expect(await storage.head("second")).toBeUndefined();
});

test("an abort ends the wait for credentials", async () => {
  const { open } = await startStore();
  const controller = new AbortController();
  const storage = open({ credentials: () => new Promise(() => {}) });
  const outcome = expect(storage.get("key", { signal: controller.signal })).rejects.toBe("enough");
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort("enough");
  await outcome;
});

test("500 aborted gets leak no connections and no memory", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxConnections: 20 });
  await storage.put("key", new Uint8Array(300_000));
  const { signal: longLived } = new AbortController();

  async function abortMany(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, i) => i).values();
    const worker = async (): Promise<void> => {
      for (const i of numbers) {
        const controller = new AbortController();
        const outcome = storage.get("key", { signal: controller.signal }).then(
          () => "ended",
          (error: unknown) => error,
        );
        // Some before the request, some before the response, some during the body.
        if (i % 4 > 0) await new Promise((resolve) => setTimeout(resolve, i % 4));
        controller.abort("aborted");
        expect(["aborted", "ended"]).toContain(await outcome);
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    await storage.get("key", { signal: longLived });
  }

  await abortMany(200);
  const before = usedHeap();
  await abortMany(500);
  expect(usedHeap() - before).toBeLessThan(5_000_000);
  expect(await server.openSockets()).toBeLessThanOrEqual(20);
});

test("a get that fails or is too large leaks no connection", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxAttempts: 1 });
  await storage.put("key", new Uint8Array(3_000_000));
  for (let i = 0; i < 30; i++) {
    await expect(storage.get("key", { maxBytes: 10 })).rejects.toMatchObject({ code: "too-large" });
    await expect(storage.get("nothing")).rejects.toMatchObject({ code: "not-found" });
  }
  expect(await server.openSockets()).toBeLessThanOrEqual(2);
});
