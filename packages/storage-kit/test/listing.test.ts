import { createKeyPrefix, decodeListedName, listPages, type ListingPage } from "@metering/storage-kit";
import { expect, test } from "vitest";

const prefix = createKeyPrefix("team", "store");
const lastModified = new Date(0);

function pageOf(names: readonly string[], next?: string): ListingPage {
  return { objects: names.map((name) => ({ name: `team/${name}`, size: 1, lastModified })), next };
}

async function list(fetchPage: (token: string | undefined) => ListingPage): Promise<string[]> {
  const keys: string[] = [];
  const pages = listPages({
    prefix,
    storage: "store",
    onInvalidKey: undefined,
    fetchPage: async (token) => fetchPage(token),
  });
  for await (const { key } of pages) keys.push(key);
  return keys;
}

test("pages are requested one after the other, each when it is needed", async () => {
  const asked: (string | undefined)[] = [];
  const keys = await list((token) => {
    asked.push(token);
    return token === undefined ? pageOf(["a", "b"], "second") : pageOf(["c"]);
  });
  expect(keys).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([undefined, "second"]);
});

test("names that are not valid keys or not UTF-8 are reported", async () => {
  const told: string[] = [];
  const objects = ["team/a", "team/folder/", "other/a", "team/%FF"].map((name) => ({
    ...decodeListedName(name),
    size: 1,
  }));
  const pages = listPages({
    prefix,
    storage: "store",
    onInvalidKey: (name) => void told.push(name),
    fetchPage: async () => ({ objects, next: undefined }),
  });
  const keys: string[] = [];
  for await (const { key } of pages) keys.push(key);
  expect([keys, told]).toEqual([["a"], ["folder/", "team/%FF"]]);
});

test.each([
  ["descending", ["b", "a"]],
  ["repeated", ["a", "a"]],
])("%s keys are not-supported, rather than listed wrongly", async (_what, names) => {
  await expect(list(() => pageOf(names))).rejects.toMatchObject({ code: "not-supported" });
});

test.each([
  ["does not say where it goes on", () => pageOf([], "")],
  ["goes on at the same place for ever", () => pageOf([], "same")],
  ["alternates between two places", (token: string | undefined) => pageOf([], token === "a" ? "b" : "a")],
  ["never ends, without any object", (token: string | undefined) => pageOf([], String(Number(token ?? 0) + 1))],
])("a listing that %s is an error, neither short nor endless", async (_what, fetchPage) => {
  await expect(list(fetchPage)).rejects.toMatchObject({ code: "storage-failure" });
});
