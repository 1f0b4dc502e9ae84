import { test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { collect, keysIn, putAll, sortedByBytes } from "../samples.ts";

export function testOrder({ abilities, onStorage }: Subject): void {
  test(
    "orders a folder's objects among its neighbours by the bytes of the whole key",
    onStorage(async (storage) => {
      const keys = ["a-b", "a b", "a.b", "a/b", "a/c/d", "a0", "a", "a/c-d", "a/c0", "A/z"].filter(
        (key) => key !== "a",
      );
      await putAll(storage, keys);
      expectKeys(await keysIn(storage), sortedByBytes(keys));
      expectKeys(await keysIn(storage, "a"), sortedByBytes(keys.filter((key) => key.startsWith("a"))));
    }),
  );

  test(
    "orders numbers of unequal length as text",
    onStorage(async (storage) => {
      const keys = ["p/1", "p/2", "p/10", "p/100", "p/9", "p/10-1", "p/1/x"].filter((key) => key !== "p/1");
      await putAll(storage, keys);
      expectKeys(await keysIn(storage, "p/"), sortedByBytes(keys));
    }),
  );

  test(
    "orders characters up to U+D7FF by their bytes, and each kind beyond",
    onStorage(async (storage) => {
      const keys = [
        "u/z",
        "u/e\u0301",
        "u/\u00e9",
        "u/\u4e2d\u6587",
        "u/\u{10000}/x",
        "u/\u{1f600}",
        "v/\ue000",
        "v/\uff21",
      ];
      await putAll(storage, keys);
      expectKeys(await keysIn(storage), sortedByBytes(keys));
    }),
  );

  const mixed = [
    "u/\u{1f600}", // in UTF-16 a surrogate, lower than the two that follow
    "u/\uff21",
    "u/\ufffd",
    "u/\ue000",
    "u/z",
    "u/\u{10000}/x",
    "u/\uffee/x",
    "u/\u{1f600}\uff21",
    "\u{1f600}/a",
    "\uff21/a",
  ];
  if (!abilities.byteOrder) {
    test(
      "refuses a listing that is not in the order of the bytes with not-supported, as declared",
      onStorage(async (storage) => {
        await putAll(storage, mixed);
        await expectCode(() => collect(storage.list("")), "not-supported");
        await expectCode(() => collect(storage.list("u/", { keysOnly: true })), "not-supported");
      }),
    );
    return;
  }

  test(
    "orders by bytes of UTF-8, not by UTF-16 units: characters beyond U+FFFF come last",
    onStorage(async (storage) => {
      await putAll(storage, mixed);
      const sorted = sortedByBytes(mixed);
      expectKeys(await keysIn(storage), sorted);
      expectKeys(
        await keysIn(storage, "u/"),
        sorted.filter((key) => key.startsWith("u/")),
      );
      expectKeys(await keysIn(storage, "", { startAfter: "u/\uff21" }), sorted.slice(sorted.indexOf("u/\uff21") + 1));
    }),
  );
}
