import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { keysIn, putAll, sortedByBytes } from "../samples.ts";

const keys = ["a/1", "a/2", "a/b/1", "a/b/2", "a/c", "b-", "b/1", "b0", "c"];

export function testStartAfter({ onStorage, manyKeys }: Subject): void {
  const cases: readonly (readonly [title: string, prefix: string, startAfter: string, expected: readonly string[]])[] =
    [
      ["leaves out the key itself and all before it", "", "a/b/1", keys.slice(3)],
      ["takes a key that does not exist", "", "a/b/11", keys.slice(3)],
      ["takes a key that is a folder's name", "", "a/b", keys.slice(2)],
      ["takes a key between a folder and its neighbours", "", "b.", keys.slice(6)],
      ["takes a key before all others", "", "A", keys],
      ["is empty after the last key", "", "c", []],
      ["works within a prefix", "a/", "a/2", keys.slice(2, 5)],
      ["works within a prefix that is not a folder", "b", "b/1", ["b0"]],
      ["changes nothing where it comes before the prefix", "b", "a/c", ["b-", "b/1", "b0"]],
      ["is empty where it comes after all the prefix matches", "a/", "b", []],
      ["takes the prefix itself", "a/b", "a/b", ["a/b/1", "a/b/2"]],
      ["takes the end of a folder", "", "a/", keys],
      ["takes an empty text", "", "", keys],
    ];
  for (const [title, prefix, startAfter, expected] of cases) {
    test(
      `${title}: list("${prefix}", { startAfter: "${startAfter}" })`,
      onStorage(async (storage) => {
        await putAll(storage, keys);
        expectKeys(await keysIn(storage, prefix, { startAfter }), expected);
      }),
    );
  }

  test(
    `goes on from any of ${manyKeys} keys`,
    onStorage(async (storage) => {
      const many = sortedByBytes(
        Array.from({ length: manyKeys }, (_, i) => `m/${Math.floor(i / 3)}${["", "!", "-1"][i % 3]}`),
      );
      await putAll(storage, many);
      // What is left is also a whole number of pages: 100 and 1,000 are sizes that stores have.
      const places = [0, 1, Math.floor(manyKeys / 2), manyKeys - 1_001, manyKeys - 101, manyKeys - 2, manyKeys - 1];
      for (const at of places.filter((place) => place >= 0)) {
        const rest = await keysIn(storage, "m/", { startAfter: many[at] ?? "" });
        expect(rest).toEqual(many.slice(at + 1));
      }
    }),
  );
}
