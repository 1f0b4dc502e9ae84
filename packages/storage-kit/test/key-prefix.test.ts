import { createKeyPrefix } from "@metering/storage-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const key = fc
  .array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
  .map((segments) => segments.join("/"));

describe("storage keys", () => {
  it.each(["tenant/a", "tenant/a/", "tenant/a//"])("lie under the prefix %s, however it is written", (prefix) => {
    const { toName, toKey, value } = createKeyPrefix(prefix, "test");
    expect(value).toBe("tenant/a/");
    expect(toName("k")).toBe("tenant/a/k");
    expect(toKey("tenant/a/k")).toBe("k");
    expect(toKey("tenant/ab/k")).toBeUndefined();
  });

  it("are restored from their stored names", () => {
    fc.assert(
      fc.property(key, fc.constantFrom("", "p", "p/q"), (name, prefix) => {
        const { toName, toKey } = createKeyPrefix(prefix, "test");
        let stored: string;
        try {
          stored = toName(name);
        } catch {
          return;
        }
        expect(toKey(stored)).toBe(name);
      }),
    );
  });

  it.each([
    "",
    "/a",
    "a/",
    "a//b",
    "a/../b",
    ".",
    "..",
    "a/./b",
    "a\u0000b",
    "a\nb",
    "\ud800",
    "x".repeat(256),
    "a/".repeat(512) + "a",
  ])("refuse %j", (bad) => {
    const { toName, toKey } = createKeyPrefix("", "test");
    expect(() => toName(bad)).toThrow(expect.objectContaining({ code: "invalid-key", key: bad, storage: "test" }));
    expect(toKey(bad)).toBeUndefined();
  });

  it.each(["..a", "a..", "...", "a b", "+%&#?", "~", 'q"uote', "x".repeat(255)])("take %j", (good) => {
    expect(createKeyPrefix("", "test").toName(good)).toBe(good);
  });

  it.each(["", "a", "a/", "a/b", "a/.", "a/..", "."])("can be listed from the prefix %j", (prefix) => {
    expect(createKeyPrefix("p", "test").toNamePrefix(prefix)).toBe(`p/${prefix}`);
  });

  it.each(["/", "/a", "a//", "../", "a/../", "a/./b", "\u0000"])("cannot start with %j", (prefix) => {
    expect(() => createKeyPrefix("p", "test").toNamePrefix(prefix)).toThrow(
      expect.objectContaining({ code: "invalid-key" }),
    );
  });

  it("count the prefix towards their maximum length", () => {
    const long = Array.from({ length: 4 }, () => "x".repeat(250)).join("/");
    expect(createKeyPrefix("", "test").toName(long)).toBe(long);
    expect(() => createKeyPrefix("y".repeat(30), "test").toName(long)).toThrow(
      expect.objectContaining({ code: "invalid-key" }),
    );
  });

  it("are reported if they are not valid keys, and ignored outside the prefix", () => {
    const { toKey } = createKeyPrefix("p", "test");
    const told: string[] = [];
    for (const name of ["p/", "p/a//b", "p/a", "q//b"]) toKey(name, (invalid) => told.push(invalid));
    expect(told).toStrictEqual(["", "a//b"]);
  });

  it.each(["/", "/tenant", "//tenant/a/"])(
    "refuse the prefix %j: other SDKs store under names that begin with /",
    (prefix) => {
      expect(() => createKeyPrefix(prefix, "test")).toThrow(
        expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining('begins with "/"') }),
      );
    },
  );

  it("reject a prefix that is not a path", () => {
    expect(() => createKeyPrefix("a/../b", "test")).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});
