import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes, keysIn, noise } from "../samples.ts";

export function testPut({ onStorage, onFixture, largeBytes }: Subject): void {
  test(
    "what was put is what get returns",
    onStorage(async (storage) => {
      await storage.put("some/key", bytesOf("hello"));
      expectSameBytes(await storage.get("some/key"), bytesOf("hello"));
    }),
  );

  test(
    "replaces what is there, also with a shorter body",
    onStorage(async (storage) => {
      await storage.put("key", bytesOf("the first, longer body"));
      await storage.put("key", bytesOf("second"));
      expectSameBytes(await storage.get("key"), bytesOf("second"));
      expectKeys(await keysIn(storage), ["key"]);
    }),
  );

  test(
    "keeps an empty body",
    onStorage(async (storage) => {
      await storage.put("empty", new Uint8Array(0));
      expectSameBytes(await storage.get("empty"), new Uint8Array(0));
      expect((await storage.head("empty"))?.size).toBe(0);
    }),
  );

  test(
    "keeps a large body",
    onStorage(async (storage) => {
      const body = noise(largeBytes);
      await storage.put("large", body);
      expectSameBytes(await storage.get("large"), body);
      expect((await storage.head("large"))?.size).toBe(largeBytes);
    }),
  );

  test(
    "keeps every byte value, text encodings and line ends notwithstanding",
    onStorage(async (storage) => {
      const body = Uint8Array.from([0xef, 0xbb, 0xbf, 13, 10, 10, 13, ...Array(256).keys(), 0xff, 0xfe, 0]);
      await storage.put("binary", body);
      expectSameBytes(await storage.get("binary"), body);
    }),
  );

  test(
    "keeps bodies as they are that look like something else: compressed, JSON, or an answer of a store",
    onStorage(async (storage) => {
      const bodies = {
        "a.json.gz": gzipSync("compressed by the caller"),
        "b.json": bytesOf('{ "data": [1, 2,  3] }'),
        "c.xml": bytesOf('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>none</Message></Error>'),
        "d.html": bytesOf("<!doctype html><title>Log in</title>"),
        "e.txt": bytesOf("null"),
      };
      for (const [key, body] of Object.entries(bodies)) await storage.put(key, body);
      for (const [key, body] of Object.entries(bodies)) expectSameBytes(await storage.get(key), body);
    }),
  );

  test(
    "stores only the bytes of the view that was given",
    onStorage(async (storage) => {
      const whole = noise(1_000);
      await storage.put("view", whole.subarray(100, 200));
      await storage.put("buffer", Buffer.from(whole.buffer, 300, 50));
      expectSameBytes(await storage.get("view"), whole.slice(100, 200));
      expectSameBytes(await storage.get("buffer"), whole.slice(300, 350));
    }),
  );

  test(
    "does not change the body, and does not see it change after the call",
    onStorage(async (storage) => {
      // A Buffer too: its slice() is no copy, unlike that of other Uint8Arrays.
      for (const body of [noise(5_000), Buffer.from(noise(5_000))]) {
        await storage.put("key", body);
        expectSameBytes(body, noise(5_000));
        body.fill(0);
        expectSameBytes(await storage.get("key"), noise(5_000));
      }
    }),
  );

  test(
    "is seen by other handles at once, and after the storage was closed and opened again",
    onFixture(async (fixture) => {
      const writer = await fixture.open();
      const reader = await fixture.open();
      await writer.put("a/b", bytesOf("kept"));
      expectSameBytes(await reader.get("a/b"), bytesOf("kept"));
      await writer.close();
      const reopened = await fixture.open();
      expectSameBytes(await reopened.get("a/b"), bytesOf("kept"));
      expectKeys(await keysIn(reopened), ["a/b"]);
    }),
  );

  test(
    "what one handle replaces or removes, another sees at once, also where it has read it before",
    onFixture(async (fixture) => {
      const [writer, reader] = [await fixture.open(), await fixture.open()];
      await writer.put("key", bytesOf("first"));
      expectSameBytes(await reader.get("key"), bytesOf("first"));
      expect((await reader.head("key"))?.size).toBe(5);
      expectKeys(await keysIn(reader), ["key"]);
      await writer.put("key", bytesOf("second"));
      expectSameBytes(await reader.get("key"), bytesOf("second"));
      expect((await reader.head("key"))?.size).toBe(6);
      await writer.delete("key");
      await expectCode(() => reader.get("key"), "not-found");
      expect(await reader.head("key")).toBeUndefined();
      expectKeys(await keysIn(reader), []);
    }),
  );

  test(
    "options that are undefined are as if left out",
    onStorage(async (storage) => {
      const signal = undefined;
      await storage.put("key", bytesOf("first"));
      await storage.put("key", bytesOf("body"), { ifAbsent: undefined, signal });
      expectSameBytes(await storage.get("key", { maxBytes: undefined, signal }), bytesOf("body"));
      expect((await storage.head("key", { signal }))?.size).toBe(4);
      const left = { startAfter: undefined, keysOnly: undefined, onInvalidKey: undefined, signal };
      expect((await collect(storage.list("", left))).map(({ key, size }) => ({ key, size }))).toEqual([
        { key: "key", size: 4 },
      ]);
      await storage.delete("key", { signal });
      expectKeys(await keysIn(storage), []);
    }),
  );

  test(
    "takes many calls at once",
    onStorage(async (storage) => {
      const keys = Array.from({ length: 100 }, (_, i) => `at-once/${i % 7}/${i}`);
      await Promise.all(keys.map((key) => storage.put(key, bytesOf(key))));
      const bodies = await Promise.all(keys.map((key) => storage.get(key)));
      for (const [i, body] of bodies.entries()) expectSameBytes(body, bytesOf(keys[i] ?? ""));
    }),
  );
}
