import { expect, test } from "vitest";
import { readPage } from "../src/listing.ts";

const lastModified = "2026-01-01T00:00:00.000Z";
const answer = (names: readonly string[], more: object = {}) => ({
  objects: names.map((name) => ({ name, size: 1, etag: '"E"', lastModified })),
  isTruncated: false,
  keyCount: names.length,
  nextContinuationToken: null,
  ...more,
});

test("names are decoded like forms, and names that are not UTF-8 are marked", () => {
  const { objects, next } = readPage(answer(["team/a+b%2Bc", "team/%E4%B8%9C", "team/%FF"]));
  expect(objects.map(({ name, undecodable }) => [name, undecodable])).toEqual([
    ["team/a b+c", undefined],
    ["team/东", undefined],
    ["team/%FF", true],
  ]);
  expect(objects[0]).toMatchObject({ size: 1, etag: '"E"', lastModified: new Date(lastModified) });
  expect(next).toBeUndefined();
});

test("a page has the token of the next one, or an empty token", () => {
  expect(readPage(answer([], { isTruncated: true, nextContinuationToken: "next" })).next).toBe("next");
  expect(readPage(answer([], { isTruncated: true })).next).toBe("");
});

test.each([
  ["nothing", undefined],
  ["an answer without a count, as ali-oss makes of any other XML", answer([], { keyCount: Number.NaN })],
  ["an object without a size", answer(["a"], { objects: [{ name: "a", lastModified }] })],
])("%s is no listing", (_what, result) => {
  expect(() => readPage(result)).toThrow(expect.objectContaining({ code: "storage-failure" }));
});
