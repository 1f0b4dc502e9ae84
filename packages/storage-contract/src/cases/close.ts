import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes, putAll } from "../samples.ts";

export function testClose({ onFixture, onStorage }: Subject): void {
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
    "while a listing is open ends it: it gives no more than is there, and may reject with closed",
    onStorage(async (storage) => {
      await putAll(storage, ["a", "b", "c"]);
      const objects = storage.list("")[Symbol.asyncIterator]();
      await objects.next();
      await storage.close();
      const rest: string[] = [];
      const finish = async (): Promise<void> => {
        for (let next = await objects.next(); next.done !== true; next = await objects.next())
          rest.push(next.value.key);
      };
      const error = await finish().catch((failure: unknown) => failure);
      if (error !== undefined) expect(isMeteringError(error, "closed"), `got ${inspect(error)}`).toBe(true);
      expect(["b", "c"].slice(0, rest.length)).toEqual(rest);
    }),
  );

  test(
    "of one handle does not touch another",
    onFixture(async (fixture) => {
      const [first, second] = [await fixture.open(), await fixture.open()];
      await first.put("key", bytesOf("body"));
      await first.close();
      expectSameBytes(await second.get("key"), bytesOf("body"));
      expect(await collect(second.list(""))).toHaveLength(1);
    }),
  );
}
