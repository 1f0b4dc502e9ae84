import type { ObjectStorage } from "@metering/core";
import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, collect, expectRecent, keysIn, noise, putAll, sortedByBytes } from "../samples.ts";

export function testList({ onFixture, onStorage, manyKeys, abilities }: Subject): void {
  test(
    "of an empty place is empty",
    onStorage(async (storage) => {
      expectKeys(await keysIn(storage), []);
      expectKeys(await keysIn(storage, "some/prefix"), []);
    }),
  );

  test(
    "yields key, size and time of each object",
    onStorage(async (storage) => {
      await storage.put("a/one", noise(10));
      await storage.put("a/two", noise(2_000));
      const objects = await collect(storage.list(""));
      expect(objects.map(({ key, size }) => ({ key, size }))).toEqual([
        { key: "a/one", size: 10 },
        { key: "a/two", size: 2_000 },
      ]);
      for (const { lastModified } of objects) expectRecent(lastModified);
    }),
  );

  test(
    "tells onInvalidKey of every name under the prefix that is no valid key, and yields only those that are",
    onFixture(async (fixture) => {
      const names = await fixture.plantInvalidKeys("planted");
      const [outer, inner] = [await fixture.open(), await fixture.open({ prefix: "planted" })];
      await putAll(outer, ["beside", "planted/valid"]);
      for (const keysOnly of [false, true]) {
        const told: string[] = [];
        const list = async (storage: ObjectStorage, prefix: string): Promise<string[]> =>
          (await collect(storage.list(prefix, { keysOnly, onInvalidKey: (name) => void told.push(name) }))).map(
            ({ key }) => key,
          );
        expect(await list(outer, "beside")).toEqual(["beside"]);
        expect(told).toEqual([]);
        expect(await list(outer, "planted/")).toEqual(["planted/valid"]);
        expect(sortedByBytes(told.splice(0))).toEqual(sortedByBytes(names.map((name) => `planted/${name}`)));
        expect(await list(inner, "")).toEqual(["valid"]);
        expect(sortedByBytes(told)).toEqual(sortedByBytes(names));
      }
      expectKeys(await keysIn(inner), ["valid"]);
    }),
  );

  test(
    "takes the prefix as plain text and not as a folder",
    onStorage(async (storage) => {
      await putAll(storage, ["a/b/1", "a/b/2", "a/bc", "a/bc2/3", "a/c", "b"]);
      expectKeys(await keysIn(storage, "a/b"), ["a/b/1", "a/b/2", "a/bc", "a/bc2/3"]);
      expectKeys(await keysIn(storage, "a/b/"), ["a/b/1", "a/b/2"]);
      expectKeys(await keysIn(storage, "a/bc"), ["a/bc", "a/bc2/3"]);
      expectKeys(await keysIn(storage, "a/bc2/3"), ["a/bc2/3"]);
      expectKeys(await keysIn(storage, "a"), ["a/b/1", "a/b/2", "a/bc", "a/bc2/3", "a/c"]);
      expectKeys(await keysIn(storage, ""), ["a/b/1", "a/b/2", "a/bc", "a/bc2/3", "a/c", "b"]);
      expectKeys(await keysIn(storage, "a/bc/"), []);
      expectKeys(await keysIn(storage, "c"), []);
    }),
  );

  test(
    "takes a prefix that ends in dots as plain text",
    onStorage(async (storage) => {
      await putAll(storage, ["a/..b", "a/.c", "a/d", "..e/f"]);
      expectKeys(await keysIn(storage, "a/.."), ["a/..b"]);
      expectKeys(await keysIn(storage, "a/."), ["a/..b", "a/.c"]);
      expectKeys(await keysIn(storage, ".."), ["..e/f"]);
    }),
  );

  test(
    "rejects with invalid-key at the first next where no key can match the prefix",
    onStorage(async (storage) => {
      for (const prefix of ["/", "/a", "a//", "../", "a/../", "a/./b", "a\u0000", "a\ud800"]) {
        await expectCode(() => collect(storage.list(prefix)), "invalid-key");
      }
    }),
  );

  test(
    "can be started again and run twice at once",
    onStorage(async (storage) => {
      const keys = ["a/1", "a/2", "b/3"];
      await putAll(storage, keys);
      expect(await Promise.all([keysIn(storage), keysIn(storage)])).toEqual([keys, keys]);
      expectKeys(await keysIn(storage), keys);
    }),
  );

  test(
    "yields what get, head and delete take",
    onStorage(async (storage) => {
      const keys = ["x/1", "x/2 with space", "x/3%2F+&#?", "y"];
      await putAll(storage, keys);
      for await (const { key, size } of storage.list("")) {
        expect((await storage.get(key)).byteLength).toBe(size);
        expect((await storage.head(key))?.key).toBe(key);
        await storage.delete(key);
      }
      expectKeys(await keysIn(storage), []);
    }),
  );

  test(
    `yields each of ${manyKeys} objects once, in order`,
    onStorage(async (storage) => {
      // Over several folders and depths, and each with neighbours that differ in one character at its end, so that a key
      // lost where a page ends is seen.
      const endings = ["", "!", "-1"];
      const keys = Array.from({ length: manyKeys }, (_, i) => {
        const number = Math.floor(i / endings.length);
        return `many/${number % 2 === 0 ? "" : `${number % 5}-/`}${number}${endings[i % endings.length]}`;
      });
      await putAll(storage, keys);
      await storage.put("many-not-below", bytesOf("beside"));
      expectKeys(await keysIn(storage, "many/"), sortedByBytes(keys));
    }),
  );

  test(
    `several listings of ${manyKeys} objects at once do not disturb each other`,
    onStorage(async (storage) => {
      const keys = sortedByBytes(Array.from({ length: manyKeys }, (_, i) => `${i % 2 === 0 ? "even" : "odd"}/${i}`));
      await putAll(storage, keys);
      const prefixes = ["", "even/", "odd/", ""];
      const listed = await Promise.all(prefixes.map((prefix) => collect(storage.list(prefix))));
      for (const [i, objects] of listed.entries()) {
        expectKeys(
          objects.map(({ key }) => key),
          keys.filter((key) => key.startsWith(prefixes[i] ?? "")),
        );
      }
    }),
  );

  test(
    `misses nothing where the consumer removes each of ${manyKeys} objects that it is given`,
    onStorage(async (storage) => {
      const keys = sortedByBytes(Array.from({ length: manyKeys }, (_, i) => `k/${i}`));
      await putAll(storage, keys);
      const seen: string[] = [];
      for await (const { key } of storage.list("")) {
        seen.push(key);
        await storage.delete(key);
      }
      expectKeys(seen, keys);
    }),
  );

  test(
    "yields the new size and etag after an object was replaced, and none after it was removed",
    onStorage(async (storage) => {
      await storage.put("key", noise(2_000));
      const [before] = await collect(storage.list(""));
      await storage.put("key", noise(10));
      const [after] = await collect(storage.list(""));
      expect(after?.size, "size in a listing").toBe(10);
      expectRecent(after?.lastModified);
      if (after?.etag !== undefined) expect(after.etag, "etag in a listing").not.toBe(before?.etag);
      await storage.delete("key");
      expectKeys(await keysIn(storage), []);
    }),
  );

  test(
    "with keysOnly leaves out what it does not know, and is right about the rest",
    onStorage(async (storage) => {
      await putAll(storage, ["a", "b/c"]);
      const whole = await collect(storage.list(""));
      const alone = await collect(storage.list("", { keysOnly: true }));
      for (const [i, { size, etag, lastModified }] of alone.entries()) {
        if (size !== undefined) expect(size, "size in a key-only listing").toBe(whole[i]?.size);
        if (etag !== undefined) expect(etag, "etag in a key-only listing").toBe(whole[i]?.etag);
        if (lastModified !== undefined) expectRecent(lastModified);
      }
    }),
  );

  if (abilities.keyBelowKey) {
    test(
      "yields a key and the keys below it",
      onStorage(async (storage) => {
        const keys = ["a", "a!", "a/b", "a/b/c", "a0"];
        await putAll(storage, keys);
        expectKeys(await keysIn(storage), keys);
        await storage.delete("a");
        expectKeys(await keysIn(storage), keys.slice(1));
      }),
    );
  } else {
    test(
      "a key below another key is refused with not-supported, as declared, and so is one above",
      onStorage(async (storage) => {
        await putAll(storage, ["a", "b/c"]);
        await expectCode(() => storage.put("a/b", bytesOf("below")), "not-supported");
        await expectCode(() => storage.put("b", bytesOf("above")), "not-supported");
        if (abilities.ifAbsent) {
          await expectCode(() => storage.put("a/b", bytesOf("below"), { ifAbsent: true }), "not-supported");
          await expectCode(() => storage.put("b", bytesOf("above"), { ifAbsent: true }), "not-supported");
        }
        expectKeys(await keysIn(storage), ["a", "b/c"]);
      }),
    );
  }
}
