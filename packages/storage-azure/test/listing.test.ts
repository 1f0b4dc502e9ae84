import { compareKeys } from "@metering/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { orderedPage, readPage, startFrom } from "../src/listing.ts";
import { keysOf, openStorage, rejection, startServer } from "./open.ts";

const character = fc.constantFrom("a", "z", "-", ".", "\u00e9", "\ud7ff", "\ue000", "\uff21", "\u{10000}", "\u{1f600}");
const segment = fc.array(character, { minLength: 1, maxLength: 3 }).map((all) => `${all.join("")}x`);
const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => all.join("/"));

test("whatever the characters, keys come in the order of their bytes, and after startAfter", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 12 }),
      key,
      fc.integer({ min: 1, max: 4 }),
      async (keys, after, pageSize) => {
        // By UTF-16, as Azure lists.
        const names = [...keys].sort();
        const fetchPage = async (token = "0") => {
          const end = Number(token) + pageSize;
          const objects = names.slice(Number(token), end).map((name) => ({ name, size: 1, lastModified: new Date() }));
          return { objects, next: end < names.length ? String(end) : undefined };
        };
        const listed: string[] = [];
        let token: string | undefined;
        do {
          const page = await orderedPage(fetchPage, "", token);
          listed.push(...page.objects.map(({ name }) => name));
          token = page.next;
        } while (token !== undefined);
        expect(listed).toEqual([...keys].sort(compareKeys));

        // No key after `after` comes before the start, in the order of UTF-16 or of a hierarchical namespace.
        const start = startFrom("", after) ?? "";
        for (const name of keys.filter((candidate) => compareKeys(candidate, after) > 0)) {
          expect(name >= start).toBe(true);
          expect(name.replaceAll("/", "\0") >= start.replaceAll("/", "\0")).toBe(true);
        }
      },
    ),
  );
});

test("names beyond U+FFFF that fill too many pages are refused, and not held without end", async () => {
  let pages = 0;
  const fetchPage = async () => ({
    objects: [{ name: `\u{1f600}/${pages}`, size: 1, lastModified: new Date() }],
    next: String(++pages),
  });
  const refused = await rejection(orderedPage(fetchPage, "", undefined));
  expect([refused.code, pages]).toEqual(["not-supported", 100]);
});

test("a listing goes on near startAfter, and asks for no page before it", async () => {
  const server = await startServer({ pageSize: 10 });
  const names = Array.from({ length: 200 }, (_, i) => `m/17558503${String(i).padStart(3, "0")}/x`);
  for (const name of names) server.plant(name);
  const storage = openStorage(server);
  expect(await keysOf(storage.list("m/", { startAfter: names[180] ?? "" }))).toEqual(names.slice(181));
  expect(server.requests.list).toBe(2);
});

test("a server that does not know where to start gives the same keys, after all pages", async () => {
  const server = await startServer({ pageSize: 10, knowsStartFrom: false });
  const names = Array.from({ length: 100 }, (_, i) => `m/${String(i).padStart(3, "0")}`);
  for (const name of names) server.plant(name);
  const storage = openStorage(server);
  expect(await keysOf(storage.list("m/", { startAfter: "m/0899" }))).toEqual(names.slice(90));
  expect(server.requests.list).toBe(10);
});

test("an answer without name, size or time is no listing", () => {
  const blob = { name: "a", properties: { lastModified: new Date(), etag: "0x1" }, deleted: false, snapshot: "" };
  expect(() => readPage({ containerName: "usage", segment: { blobItems: [blob] } })).toThrow(
    expect.objectContaining({ code: "storage-failure" }),
  );
});
