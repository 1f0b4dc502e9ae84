import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { keysIn, putAll } from "../samples.ts";

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
    ];
  for (const [title, prefix, startAfter, expected] of cases) {
    test(
      `${title}: list("${prefix}", { startAfter: "${startAfter}" })`,
      onStorage(async (storage) => {
        await putAll(storage, keys);
        expect(await keysIn(storage, prefix, { startAfter })).toEqual(expected);
      }),
    );
  }

  test(
    `goes on from any of ${manyKeys} keys`,
    onStorage(async (storage) => {
      const many = Array.from({ length: manyKeys }, (_, i) => `m/${String(i).padStart(6, "0")}`);
      await putAll(storage, many);
      for (const at of [0, 1, Math.floor(manyKeys / 2), manyKeys - 2, manyKeys - 1]) {
        const rest = await keysIn(storage, "m/", { startAfter: many[at] ?? "" });
        expect(rest).toEqual(many.slice(at + 1));
      }
    }),
  );
}
