import { compareKeys } from "@metering/core";
import { withFaults, withLatency } from "@metering/storage-kit";
import { Memory, MemoryStorage } from "@metering/storage-memory";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keysOf(storage: MemoryStorage, prefix = "", startAfter?: string): Promise<string[]> {
  const keys = [];
  for await (const { key } of storage.list(prefix, { startAfter })) keys.push(key);
  return keys;
}

describe("MemoryStorage", () => {
  test("storages of their own share nothing, those on one memory share its objects", async () => {
    const memory = new Memory();
    const [first, second, other] = [new MemoryStorage({ memory }), new MemoryStorage({ memory }), new MemoryStorage()];
    await first.put("key", bytes("body"));
    await first.close();
    expect(await second.get("key")).toEqual(bytes("body"));
    expect(await other.head("key")).toBeUndefined();
    expect(second.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
  });

  test("name and id are always the same where the memory's id is given", () => {
    const storage = new MemoryStorage({ memory: new Memory("test"), prefix: "team/usage" });
    expect([storage.name, storage.id]).toEqual(["memory:team/usage/", "memory:test/team/usage/"]);
  });

  test("refuses options it does not know, and a memory that is none", () => {
    const options: readonly object[] = [{ prefx: "a" }, { memory: new Map() }, { prefix: 7 }, { prefix: "a//b" }];
    for (const wrong of options) {
      expect(() => new MemoryStorage(wrong)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    }
  });

  test("refuses a text in the place of a body, before it stores anything", async () => {
    const storage = new MemoryStorage();
    // What a caller without types may do.
    const body: Uint8Array = JSON.parse('"text"');
    await expect(storage.put("key", body)).rejects.toMatchObject({ code: "invalid-argument" });
    expect(await keysOf(storage)).toEqual([]);
  });

  test("an object that was stored again has another etag, also with the same body at the same time", async () => {
    const storage = new MemoryStorage();
    const { etag } = await storage.put("key", bytes("body"));
    expect((await storage.head("key"))?.etag).toBe(etag);
    expect((await storage.put("key", bytes("body"))).etag).not.toBe(etag);
  });

  test("puts and deletes done one after another, without waiting, happen in that order", async () => {
    const storage = new MemoryStorage();
    const calls = [storage.put("a", bytes("1")), storage.delete("a"), storage.put("a", bytes("2"), { ifAbsent: true })];
    await Promise.all(calls);
    expect(await storage.get("a")).toEqual(bytes("2"));
  });

  test("lists what a sorted list of the keys would have, whatever was stored and removed", async () => {
    const name = fc.array(fc.constantFrom("a", "b", "-", "\u{1f600}", "\uff21"), { minLength: 1, maxLength: 3 });
    const key = fc
      .array(name, { minLength: 1, maxLength: 2 })
      .map((parts) => parts.map((one) => one.join("")).join("/"));
    const step = fc.record({ key, remove: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step), name, fc.option(key), async (steps, prefixParts, startAfter) => {
        const storage = new MemoryStorage();
        const model = new Set<string>();
        for (const { key: at, remove } of steps) {
          await (remove ? storage.delete(at) : storage.put(at, bytes(at)));
          if (remove) model.delete(at);
          else model.add(at);
        }
        for (const prefix of ["", prefixParts.join("")]) {
          const expected = [...model].filter(
            (one) => one.startsWith(prefix) && (startAfter === null || compareKeys(one, startAfter) > 0),
          );
          expect(await keysOf(storage, prefix, startAfter ?? undefined)).toEqual(expected.sort(compareKeys));
        }
      }),
    );
  });
});

describe("Memory", () => {
  test("lets a test damage an object and plant a name that is no valid key", async () => {
    const memory = new Memory();
    const storage = new MemoryStorage({ memory, prefix: "p" });
    await storage.put("key", bytes("body"));
    memory.set("p/key", bytes("bo"));
    memory.set("p/../key", bytes("foreign"));
    const invalid: string[] = [];
    for await (const { size } of storage.list("", { onInvalidKey: (name) => void invalid.push(name) })) {
      expect(size).toBe(2);
    }
    expect(invalid).toEqual(["../key"]);
  });
});

describe("with layers of the kit", () => {
  test("a lost answer, and answers that take time, look as they do over a network", async () => {
    const memory = new Memory();
    const lossy = withFaults(new MemoryStorage({ memory }), ({ verb }) =>
      verb === "put" ? { after: "unavailable" } : undefined,
    );
    const storage = withLatency(lossy, 2);
    await expect(storage.put("key", bytes("body"))).rejects.toMatchObject({ code: "unavailable" });
    expect(await storage.get("key")).toEqual(bytes("body"));
  });
});
