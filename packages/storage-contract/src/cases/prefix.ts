import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, keysIn, putAll } from "../samples.ts";

export function testPrefix({ onFixture }: Subject): void {
  test(
    "keys go in and come out relative to the prefix",
    onFixture(async (fixture) => {
      const storage = await fixture.open({ prefix: "team/usage" });
      await putAll(storage, ["a/1", "b"]);
      expect(await keysIn(storage)).toEqual(["a/1", "b"]);
      expect(await keysIn(storage, "a")).toEqual(["a/1"]);
      expect(await keysIn(storage, "", { startAfter: "a/1" })).toEqual(["b"]);
      expect((await storage.head("a/1"))?.key).toBe("a/1");
      expectSameBytes(await storage.get("b"), bytesOf("b"));
      expect((await expectCode(() => storage.get("c"), "not-found")).key).toBe("c");
      await storage.delete("b");
      expect(await keysIn(storage)).toEqual(["a/1"]);
    }),
  );

  test(
    'the prefixes "p/q" and "p/q/" mean the same',
    onFixture(async (fixture) => {
      const prefixes = ["p/q", "p/q/"];
      const storages = await Promise.all(prefixes.map((prefix) => fixture.open({ prefix })));
      for (const [i, storage] of storages.entries()) await storage.put(`key-${i}`, bytesOf(`${i}`));
      for (const storage of storages) {
        expect(await keysIn(storage)).toEqual(["key-0", "key-1"]);
        expectSameBytes(await storage.get("key-0"), bytesOf("0"));
      }
    }),
  );

  test(
    'refuses a prefix that begins with "/" with invalid-argument: other writers store under such names',
    onFixture(async (fixture) => {
      for (const prefix of ["/", "/p/q", "//p"])
        await expectCode(async () => fixture.open({ prefix }), "invalid-argument");
    }),
  );

  test(
    "id is the same for every handle on one place, and another one for another prefix",
    onFixture(async (fixture) => {
      const ids = [];
      for (const prefix of ["p", "p/", undefined, "p/q"]) ids.push((await fixture.open({ prefix })).id);
      expect(ids[1]).toBe(ids[0]);
      expect(new Set(ids).size).toBe(3);
    }),
  );

  test(
    "a storage without prefix sees the objects under their whole names, once with the prefix",
    onFixture(async (fixture) => {
      const inner = await fixture.open({ prefix: "p" });
      const outer = await fixture.open();
      await inner.put("p/a", bytesOf("doubled on purpose"));
      await outer.put("p/b", bytesOf("from outside"));
      expect(await keysIn(outer)).toEqual(["p/b", "p/p/a"]);
      expect(await keysIn(inner)).toEqual(["b", "p/a"]);
      expectSameBytes(await inner.get("b"), bytesOf("from outside"));
    }),
  );

  test(
    "what lies beside the prefix is not seen, also where its name starts the same",
    onFixture(async (fixture) => {
      const outer = await fixture.open();
      await putAll(outer, ["p-/x", "p/in", "p0/x", "px/x", "q"]);
      const inner = await fixture.open({ prefix: "p" });
      expect(await keysIn(inner)).toEqual(["in"]);
      await expectCode(() => inner.get("../q"), "invalid-key");
      await inner.delete("x");
      expect(await keysIn(outer)).toEqual(["p-/x", "p/in", "p0/x", "px/x", "q"]);
    }),
  );

  test(
    "prefixes may hold spaces, unicode and characters that URLs treat specially",
    onFixture(async (fixture) => {
      const prefix = "té am/+%20&#?";
      const storage = await fixture.open({ prefix });
      await storage.put("a b", bytesOf("body"));
      expect(await keysIn(storage)).toEqual(["a b"]);
      expect(await keysIn(await fixture.open())).toEqual([`${prefix}/a b`]);
    }),
  );

  test(
    "prefix and key together are at most 1,024 bytes",
    onFixture(async (fixture) => {
      const storage = await fixture.open({ prefix: `${"p".repeat(200)}/${"q".repeat(200)}` });
      await expectCode(() => storage.put(`${"k".repeat(250)}/`.repeat(3).slice(0, -1), bytesOf("x")), "invalid-key");
      await storage.put(`${"k".repeat(200)}/`.repeat(3).slice(0, -1), bytesOf("x"));
      expect(await keysIn(storage)).toHaveLength(1);
    }),
  );
}
