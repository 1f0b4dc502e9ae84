import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, keysIn, putAll } from "../samples.ts";

export function testPrefix({ abilities, onFixture }: Subject): void {
  test(
    "keys go in and come out relative to the prefix",
    onFixture(async (fixture) => {
      const storage = await fixture.open({ prefix: "team/usage" });
      await putAll(storage, ["a/1", "b"]);
      expectKeys(await keysIn(storage), ["a/1", "b"]);
      expectKeys(await keysIn(storage, "a"), ["a/1"]);
      expectKeys(await keysIn(storage, "", { startAfter: "a/1" }), ["b"]);
      expect((await storage.head("a/1"))?.key).toBe("a/1");
      expectSameBytes(await storage.get("b"), bytesOf("b"));
      expect((await expectCode(() => storage.get("c"), "not-found")).key, "the key that the error names").toBe("c");
      expect(
        (await expectCode(() => storage.get("b", { maxBytes: 0 }), "too-large")).key,
        "the key that the error names",
      ).toBe("b");
      await storage.delete("b");
      expectKeys(await keysIn(storage), ["a/1"]);
    }),
  );

  test(
    'the prefixes "p/q" and "p/q/" mean the same',
    onFixture(async (fixture) => {
      const prefixes = ["p/q", "p/q/"];
      const storages = await Promise.all(prefixes.map((prefix) => fixture.open({ prefix })));
      for (const [i, storage] of storages.entries()) await storage.put(`key-${i}`, bytesOf(`${i}`));
      for (const storage of storages) {
        expectKeys(await keysIn(storage), ["key-0", "key-1"]);
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
      for (const prefix of ["p", "p/", undefined, "", "p/q"]) ids.push((await fixture.open({ prefix })).id);
      const [first, second, none, empty] = ids;
      expect(second, 'the id with prefix "p/", compared with that of "p"').toBe(first);
      expect(empty, "the id with an empty prefix, compared with that without one").toBe(none);
      expect(new Set(ids).size, "different ids of three different prefixes").toBe(3);
    }),
  );

  test(
    "a storage without prefix sees the objects under their whole names, once with the prefix",
    onFixture(async (fixture) => {
      const inner = await fixture.open({ prefix: "p" });
      const outer = await fixture.open();
      await inner.put("p/a", bytesOf("doubled on purpose"));
      await outer.put("p/b", bytesOf("from outside"));
      expectKeys(await keysIn(outer), ["p/b", "p/p/a"]);
      expectKeys(await keysIn(inner), ["b", "p/a"]);
      expectSameBytes(await inner.get("b"), bytesOf("from outside"));
    }),
  );

  test(
    "what lies beside the prefix is not seen, also where its name starts the same",
    onFixture(async (fixture) => {
      const outer = await fixture.open();
      const beside = ["in-", "p-/x", "p/in", "p0/x", "px/x", "q"];
      await putAll(outer, beside);
      const inner = await fixture.open({ prefix: "p" });
      expectKeys(await keysIn(inner), ["in"]);
      await expectCode(() => inner.get("../q"), "invalid-key");
      for (const key of ["q", "in-", "px/x"]) {
        await expectCode(() => inner.get(key), "not-found");
        expect(await inner.head(key), `what head says of ${key}`).toBeUndefined();
        await inner.delete(key);
      }
      expectKeys(await keysIn(outer), beside);
      if (abilities.ifAbsent) await inner.put("q", bytesOf("inner"), { ifAbsent: true });
      expectSameBytes(await outer.get("q"), bytesOf("q"));
    }),
  );

  test(
    "prefixes may hold spaces, unicode and characters that URLs treat specially",
    onFixture(async (fixture) => {
      const prefix = "té am/+%20&#?";
      const storage = await fixture.open({ prefix });
      await storage.put("a b", bytesOf("body"));
      expectKeys(await keysIn(storage), ["a b"]);
      expectKeys(await keysIn(await fixture.open()), [`${prefix}/a b`]);
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
