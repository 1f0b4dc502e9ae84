import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, keysIn, putAll, sortedByBytes } from "../samples.ts";

const validKeys: Readonly<Record<string, readonly string[]>> = {
  spaces: ["a b", " leading", "trailing ", "in the/ mid dle /x"],
  "characters that URLs treat specially": [
    "a+b",
    "100%",
    "a%20b",
    "a%2Fb",
    "a&b=c",
    "a#b",
    "a?b",
    "a;b,c@d:e",
    "~(x)!'*$",
  ],
  "characters that XML and HTML treat specially": ["<a>", "a&amp;b", '"quoted"', "]]>"],
  "characters that shells and patterns treat specially": ["*", "[a-z]", "{a,b}", "$HOME", "`x`", "a|b", "^a$", "a\\b"],
  unicode: ["münchen", "東京/大阪", "e\u0301", "\u00e9", "\u05d0\u05d1", "\ufeffbom", "\uff21"],
  "unicode beyond U+FFFF": ["\u{1f600}", "\u{20bb7}/\u{10000}"],
  "dots that are not relative paths": ["..a", "a..", "...", "a/..b/c", ".hidden", "x/.y", "a/b..c", "a."],
  "words that JavaScript treats specially": ["__proto__", "constructor/x", "toString", "null", "undefined", "0", "NaN"],
  "letters in upper and lower case": ["Case", "case", "CASE/x", "straße", "STRASSE"],
  "longest segments and keys": [
    "s".repeat(255),
    "é".repeat(127),
    // OSS takes one byte less than the 1,024 of S3.
    `${`${"k".repeat(200)}/`.repeat(5)}${"k".repeat(18)}`,
  ],
};

const invalidKeys: Readonly<Record<string, string>> = {
  empty: "",
  "only a slash": "/",
  "leading slash": "/a",
  "trailing slash": "a/",
  "empty segment": "a//b",
  dot: ".",
  "dot dot": "..",
  "dot segment": "a/./b",
  "dot dot segment": "a/../b",
  "leading dot dot": "../a",
  "trailing dot dot": "a/..",
  "NUL character": "a\u0000b",
  "line feed": "a\nb",
  "delete character": "a\u007fb",
  "lone surrogate": "a\ud800b",
  "segment of 256 bytes": "s".repeat(256),
  "segment of 256 bytes in 128 characters": "é".repeat(128),
  "key of 1,025 bytes": `${`${"k".repeat(200)}/`.repeat(5)}${"k".repeat(20)}`,
};

/** Keys such as writers make; a store that cannot keep them is of no use to them. */
const recordKeys = [
  "metering/meta/logic/cluster-1/1755850380.json.gz",
  "metering/meta/sharedpool/tidb-server/cluster_1/1755850380.json.gz",
  "metering/ru/1755850380/tidb-server/pool-1/server_01-0.json.gz",
  "metering/ru/1755850380/tidb-server/server_01-10.json.gz",
  "metering/ru/1755850380/東京/\u{1f600} a+b%20c~_@(1)-0.json.gz",
];

export function testKeys({ isRefused, onStorage }: Subject): void {
  for (const [what, samples] of Object.entries({ "the keys of records and metadata": recordKeys, ...validKeys })) {
    const keys = samples.filter((key) => samples === recordKeys || !isRefused(key));
    test(
      `every verb takes ${what}`,
      onStorage(async (storage) => {
        await putAll(storage, keys);
        expectKeys(await keysIn(storage), sortedByBytes(keys));
        for (const key of keys) {
          expectSameBytes(await storage.get(key), bytesOf(key));
          expect((await storage.head(key))?.key).toBe(key);
          // As a prefix and as startAfter, too, a key is plain text.
          const sorted = sortedByBytes(keys);
          expectKeys(
            await keysIn(storage, key),
            sorted.filter((one) => one.startsWith(key)),
          );
          expectKeys(await keysIn(storage, "", { startAfter: key }), sorted.slice(sorted.indexOf(key) + 1));
        }
        for (const key of keys) await storage.delete(key);
        expectKeys(await keysIn(storage), []);
      }),
    );
  }

  const refusedKeys = Object.values(validKeys)
    .flat()
    .filter(isRefused)
    .map((key) => [`${JSON.stringify(key)}, as declared`, key]);

  for (const [what = "", key = ""] of [...Object.entries(invalidKeys), ...refusedKeys]) {
    test(
      `every verb refuses a key that is no valid key (${what}) with invalid-key`,
      onStorage(async (storage) => {
        const error = await expectCode(() => storage.put(key, bytesOf("body")), "invalid-key");
        expect(error.key, "the key that the error names").toBe(key);
        await expectCode(() => storage.get(key), "invalid-key");
        await expectCode(() => storage.head(key), "invalid-key");
        await expectCode(() => storage.delete(key), "invalid-key");
        expectKeys(await keysIn(storage), []);
      }),
    );
  }

  test(
    "keys that differ only in how the same text is encoded are different keys",
    onStorage(async (storage) => {
      const keys = ["x y", "x%20y", "x+y", "x%2By"];
      await putAll(storage, keys);
      for (const key of keys) expectSameBytes(await storage.get(key), bytesOf(key));
      await storage.delete("x y");
      expectKeys(await keysIn(storage), sortedByBytes(keys.slice(1)));
    }),
  );
}
