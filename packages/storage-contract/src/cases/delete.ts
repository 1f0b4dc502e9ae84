import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, keysIn, putAll } from "../samples.ts";

export function testDelete({ onStorage }: Subject): void {
  test(
    "removes the object from get, head and list",
    onStorage(async (storage) => {
      await storage.put("a/key", bytesOf("body"));
      await storage.delete("a/key");
      await expectCode(() => storage.get("a/key"), "not-found");
      expect(await storage.head("a/key")).toBeUndefined();
      expectKeys(await keysIn(storage), []);
    }),
  );

  test(
    "succeeds where there is no object, and a second time",
    onStorage(async (storage) => {
      await storage.delete("no/such/key");
      await storage.put("key", bytesOf("body"));
      await storage.delete("key");
      await storage.delete("key");
      await storage.delete("key/below");
    }),
  );

  test(
    "removes that object only, not what lies under or beside it",
    onStorage(async (storage) => {
      const kept = ["a/b/c", "a/bc", "ab"];
      await putAll(storage, [...kept, "a/b/d"]);
      await storage.delete("a/b/d");
      await storage.delete("a/b");
      await storage.delete("a");
      expectKeys(await keysIn(storage), kept);
    }),
  );

  test(
    "an object can be put again where one was deleted",
    onStorage(async (storage) => {
      await storage.put("a/b/c", bytesOf("first"));
      await storage.delete("a/b/c");
      await storage.put("a/b/c", bytesOf("second"));
      expectSameBytes(await storage.get("a/b/c"), bytesOf("second"));
    }),
  );
}
