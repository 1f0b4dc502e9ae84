import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { keysIn, putAll, sortedByBytes } from "../samples.ts";

export function testOrder({ onStorage }: Subject): void {
  test(
    "orders a folder's objects among its neighbours by the bytes of the whole key",
    onStorage(async (storage) => {
      const keys = ["a-b", "a b", "a.b", "a/b", "a/c/d", "a0", "a", "a/c-d", "a/c0", "A/z"].filter(
        (key) => key !== "a",
      );
      await putAll(storage, keys);
      expect(await keysIn(storage)).toEqual(sortedByBytes(keys));
      expect(await keysIn(storage, "a")).toEqual(sortedByBytes(keys.filter((key) => key.startsWith("a"))));
    }),
  );

  test(
    "orders numbers of unequal length as text",
    onStorage(async (storage) => {
      const keys = ["p/1", "p/2", "p/10", "p/100", "p/9", "p/10-1", "p/1/x"].filter((key) => key !== "p/1");
      await putAll(storage, keys);
      expect(await keysIn(storage, "p/")).toEqual(sortedByBytes(keys));
    }),
  );

  test(
    "orders by bytes of UTF-8, not by UTF-16 units: characters beyond U+FFFF come last",
    onStorage(async (storage) => {
      const keys = [
        "u/\u{1f600}", // in UTF-16 a surrogate, lower than the two that follow
        "u/\uff21",
        "u/\ufffd",
        "u/\ue000",
        "u/\u00e9",
        "u/e\u0301",
        "u/z",
        "u/\u4e2d\u6587",
        "u/\u{10000}/x",
        "u/\uffee/x",
        "u/\u{1f600}\uff21",
        "\u{1f600}/a",
        "\uff21/a",
      ];
      await putAll(storage, keys);
      expect(await keysIn(storage)).toEqual(sortedByBytes(keys));
      expect(await keysIn(storage, "u/")).toEqual(sortedByBytes(keys.filter((key) => key.startsWith("u/"))));
      expect(await keysIn(storage, "", { startAfter: "u/\uff21" })).toEqual(
        sortedByBytes(keys).slice(sortedByBytes(keys).indexOf("u/\uff21") + 1),
      );
    }),
  );
}
