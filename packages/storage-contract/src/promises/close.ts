import { expect, test } from "vitest";
import type { Subject } from "../place.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes } from "../samples.ts";

export function testClose({ onPlace, onStorage }: Subject): void {
  test(
    "after close every call rejects with closed",
    onStorage(async (storage) => {
      await storage.put("key", bytesOf("body"));
      await storage.close();
      await expectCode(() => storage.put("key", bytesOf("body")), "closed");
      await expectCode(() => storage.get("key"), "closed");
      await expectCode(() => storage.head("key"), "closed");
      await expectCode(() => storage.delete("key"), "closed");
      await expectCode(() => collect(storage.list("")), "closed");
      await expectCode(() => collect(storage.list("", { keysOnly: true })), "closed");
    }),
  );

  test(
    "may be called twice, and before anything else was",
    onStorage(async (storage) => {
      await storage.close();
      await storage.close();
    }),
  );

  test(
    "happens by itself at the end of `await using`",
    onStorage(async (storage) => {
      await storage[Symbol.asyncDispose]();
      await expectCode(() => storage.get("key"), "closed");
    }),
  );

  test(
    "of one handle does not touch another",
    onPlace(async (place) => {
      const [first, second] = [await place.open(), await place.open()];
      await first.put("key", bytesOf("body"));
      await first.close();
      expectSameBytes(await second.get("key"), bytesOf("body"));
      expect(await collect(second.list(""))).toHaveLength(1);
    }),
  );
}
