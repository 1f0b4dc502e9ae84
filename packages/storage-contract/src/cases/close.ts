import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes, putAll } from "../samples.ts";

export function testClose({ manyKeys, onFixture, onStorage }: Subject): void {
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

  for (const keysOnly of [false, true]) {
    test(
      `ends a ${keysOnly ? "key-only listing" : "listing"} under way with closed, or after its last object, never in silence`,
      onStorage(async (storage) => {
        const keys = Array.from({ length: manyKeys }, (_, i) => `k/${String(i).padStart(6, "0")}`);
        await putAll(storage, keys);
        const objects = storage.list("", { keysOnly })[Symbol.asyncIterator]();
        await objects.next();
        await storage.close();
        const rest: string[] = [];
        const finish = async (): Promise<void> => {
          for (let next = await objects.next(); next.done !== true; next = await objects.next())
            rest.push(next.value.key);
        };
        const error = await finish().catch((failure: unknown) => failure);
        if (error === undefined) expect(rest.length, "objects after close, of a listing that ended").toBe(manyKeys - 1);
        else
          expect(isMeteringError(error, "closed"), `whether it rejected with closed; it was ${inspect(error)}`).toBe(
            true,
          );
        expect(rest).toEqual(keys.slice(1, rest.length + 1));
      }),
    );
  }

  test(
    "lets calls under way end: each is done, or rejects with closed",
    onFixture(async (fixture) => {
      const [closing, other] = [await fixture.open(), await fixture.open()];
      await closing.put("there", bytesOf("there"));
      const keys = Array.from({ length: 20 }, (_, i) => `under-way/${i}`);
      const running: Promise<unknown>[] = [
        ...keys.map((key) => closing.put(key, bytesOf(key))),
        closing.get("there"),
        closing.head("there"),
        collect(closing.list("there")),
      ];
      const ended = Promise.allSettled(running);
      await closing.close();
      for (const [i, result] of (await ended).entries()) {
        if (result.status === "rejected") {
          expect(
            isMeteringError(result.reason, "closed"),
            `whether it rejected with closed; it was ${inspect(result.reason)}`,
          ).toBe(true);
          continue;
        }
        const key = keys[i];
        if (key !== undefined) expectSameBytes(await other.get(key), bytesOf(key));
      }
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
