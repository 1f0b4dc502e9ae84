import { isMeteringError } from "@metering/core";
import { withFaults, type CountedCall, type Fault } from "@metering/storage-kit";
import { describe, expect, test } from "vitest";
import { createMemoryStorage } from "./memory.ts";

const body = new TextEncoder().encode("body");
const codeOf = (error: unknown): unknown => (isMeteringError(error) ? error.code : error);

function faulty(plan: (call: CountedCall) => Fault | undefined) {
  const inner = createMemoryStorage();
  return { inner, storage: withFaults(inner, plan) };
}

describe("withFaults", () => {
  test("a fault before the call fails it and stores nothing", async () => {
    const { inner, storage } = faulty(({ verb }) => (verb === "put" ? { before: "throttled" } : undefined));
    const error = await storage.put("key", body).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "throttled", key: "key", storage: inner.name, retryable: true });
    expect(await inner.head("key")).toBeUndefined();
  });

  test("a fault after the call is a lost response: the object is stored, the call fails", async () => {
    const { inner, storage } = faulty(({ verb }) => (verb === "put" ? { after: "unavailable" } : undefined));
    expect(codeOf(await storage.put("key", body).catch((reason: unknown) => reason))).toBe("unavailable");
    expect(await inner.get("key")).toEqual(body);
  });

  test("a custom error is thrown unchanged", async () => {
    const own = new TypeError("my own");
    const { storage } = faulty(() => ({ before: own }));
    await expect(storage.head("key")).rejects.toBe(own);
    await expect(storage.delete("key")).rejects.toBe(own);
  });

  test("the plan sees verb, key and the number of the call, and only what it names fails", async () => {
    const calls: CountedCall[] = [];
    const { storage } = faulty((call) => {
      calls.push(call);
      return call.verb === "put" && call.count === 2 ? { before: "timeout" } : undefined;
    });
    await storage.put("a", body);
    await expect(storage.put("b", body)).rejects.toMatchObject({ code: "timeout" });
    await storage.put("c", body);
    await storage.get("c");
    expect(calls).toEqual([
      { verb: "put", key: "a", count: 1 },
      { verb: "put", key: "b", count: 2 },
      { verb: "put", key: "c", count: 3 },
      { verb: "get", key: "c", count: 1 },
    ]);
    expect(storage.counts).toEqual({ put: 3, get: 1, head: 0, delete: 0, list: 0 });
  });

  test("a listing fails at its first object or after its last one", async () => {
    for (const [fault, expected] of [
      [{ before: "unavailable" }, []],
      [{ after: "unavailable" }, ["a", "b"]],
    ] as const) {
      const { inner, storage } = faulty(() => fault);
      await inner.put("a", body);
      await inner.put("b", body);
      const seen: string[] = [];
      const listing = async (): Promise<void> => {
        for await (const { key } of storage.list("")) seen.push(key);
      };
      await expect(listing()).rejects.toMatchObject({ code: "unavailable" });
      expect(seen).toEqual(expected);
    }
  });

  test("a slow call waits, and an abort ends the wait with the signal's reason", async () => {
    const { inner, storage } = faulty(() => ({ delayMs: 3_600_000 }));
    const controller = new AbortController();
    const reason = new Error("enough");
    const call = storage.put("key", body, { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(await inner.head("key")).toBeUndefined();
  });

  test("a slow call goes on by itself", async () => {
    const { storage } = faulty(() => ({ delayMs: 1 }));
    await storage.put("key", body);
    expect(await storage.get("key")).toEqual(body);
  });
});
