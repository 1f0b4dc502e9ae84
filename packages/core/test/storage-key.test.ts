import { compareKeys, storageKeyProblem } from "@metering/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("storage keys", () => {
  it("are ordered by their UTF-8 bytes", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "/", "\u{7f}", "é", "\u{ffff}", "\u{10000}", "😀", "\u{e000}"),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["", "/a", "a/", "a//b", "..", "a/../b", "a\nb", "\ud800", "x".repeat(256), "a/".repeat(512) + "a"])(
    "are refused where they break a rule: %j",
    (bad) => {
      expect(storageKeyProblem(bad)).toEqual(expect.any(String));
    },
  );

  it.each(["a", "..a", "a b", "+%&#?", "é".repeat(127)])("may be %j", (good) => {
    expect(storageKeyProblem(good)).toBeUndefined();
  });

  it("count the prefix towards their maximum length", () => {
    const long = Array.from({ length: 4 }, () => "x".repeat(250)).join("/");
    expect(storageKeyProblem(long)).toBeUndefined();
    expect(storageKeyProblem(long, "y".repeat(30))).toEqual(expect.any(String));
  });
});
