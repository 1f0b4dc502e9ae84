import { createKeyPrefix } from "@metering/storage-kit";
import { expect, test } from "vitest";
import { listObjects } from "../src/listing.ts";
import { collect } from "./open.ts";

const lastModified = "2026-01-01T00:00:00.000Z";
const prefix = createKeyPrefix("team", "oss://usage");

function page(names: readonly string[], more: object = {}) {
  const objects = names.map((name) => ({ name, size: 1, etag: '"E"', lastModified }));
  return { objects, isTruncated: false, keyCount: names.length, nextContinuationToken: null, ...more };
}

test("names are decoded as forms are, and what is no key under the prefix is told, not yielded", async () => {
  const names = ["team/a+b%2Bc", "team/%E4%B8%9C", "team/folder/", "other/a", "team/%FF"];
  const told: string[] = [];
  const objects = await collect(
    listObjects(
      prefix,
      async () => page(names),
      (name) => void told.push(name),
    ),
  );
  expect(told).toEqual(["folder/", "team/%FF"]);
  expect(objects.map(({ key }) => key)).toEqual(["a b+c", "东"]);
  expect(objects[0]).toEqual({ key: "a b+c", size: 1, etag: '"E"', lastModified: new Date(lastModified) });
});

test.each([
  ["without a place to go on", { isTruncated: true }],
  ["with the same place again and again", { isTruncated: true, nextContinuationToken: "same" }],
])("a listing that goes on %s is an error, neither short nor endless", async (_what, more) => {
  const objects = collect(listObjects(prefix, async () => page(["team/a"], more), undefined));
  await expect(objects).rejects.toMatchObject({ code: "storage-failure" });
});
