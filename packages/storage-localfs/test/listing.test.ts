import { LocalFsStorage } from "@metering/storage-localfs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMemoryDisk } from "./memory-disk.ts";
import { bytes } from "./place.ts";
import { watchFs } from "./watched-fs.ts";

async function filled(keys: readonly string[]) {
  const disk = createMemoryDisk();
  const writer = new LocalFsStorage({ basePath: "/data", fs: disk });
  for (const key of keys) await writer.put(key, bytes("x"));
  const { fs, calls } = watchFs(undefined, disk);
  const visited = (): string[] => calls.filter(({ name }) => name === "readdir").map(({ path }) => path);
  return { storage: new LocalFsStorage({ basePath: "/data", fs }), visited, calls };
}

async function list(storage: LocalFsStorage, prefix: string, startAfter?: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { key } of storage.list(prefix, { startAfter })) all.push(key);
  return all;
}

const keys = ["ru/100/a/1", "ru/100/b/1", "ru/200/a/1", "ru/2000/a/1", "ru/300/a/1", "meta/x/1"];

test("a listing visits only the folders that its prefix can match", async () => {
  const { storage, visited } = await filled(keys);
  expect(await list(storage, "ru/20")).toEqual(["ru/200/a/1", "ru/2000/a/1"]);
  expect(visited()).toEqual(["/data/ru", "/data/ru/200", "/data/ru/200/a", "/data/ru/2000", "/data/ru/2000/a"]);
});

test("a listing skips whole folders before startAfter", async () => {
  const { storage, visited } = await filled(keys);
  expect(await list(storage, "ru/", "ru/200/a/1")).toEqual(["ru/2000/a/1", "ru/300/a/1"]);
  expect(visited()).toEqual([
    "/data/ru",
    "/data/ru/200",
    "/data/ru/200/a",
    "/data/ru/2000",
    "/data/ru/2000/a",
    "/data/ru/300",
    "/data/ru/300/a",
  ]);
});

test("a listing visits a folder or file only when the consumer gets there", async () => {
  const { storage, visited, calls } = await filled(keys);
  const objects = storage.list("ru/")[Symbol.asyncIterator]();
  expect(calls).toEqual([]);
  await objects.next();
  expect(visited()).toEqual(["/data/ru", "/data/ru/100", "/data/ru/100/a"]);
  await objects.return?.();
  expect(visited()).toHaveLength(3);
});

test("a consumer that stops after the first of thousands of files does not make the listing visit them all", async () => {
  const { storage, calls } = await filled(Array.from({ length: 3_000 }, (_, i) => `a/${i}`));
  for await (const { key } of storage.list("")) {
    expect(key).toBe("a/0");
    break;
  }
  expect(calls.filter(({ name }) => name === "lstat").length).toBeLessThan(500);
});

const segment = fc.stringMatching(/^[a0.\-! é\u{10000}\uff21]{1,3}$/u).filter((text) => text !== "." && text !== "..");
const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const sorted = (all: readonly string[]): string[] =>
  [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

test("a listing of any tree, prefix and startAfter equals the filtered, sorted list of all keys", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 25 }),
      key,
      fc.option(key),
      fc.nat(8),
      async (all, other, after, cut) => {
        // A file system holds no key below another.
        const possible = all.filter((one) => !all.some((two) => one.startsWith(`${two}/`)));
        const prefix = (possible[0] ?? other).slice(0, cut);
        fc.pre(prefix.isWellFormed() && !prefix.includes("//"));
        const { storage } = await filled(possible);
        const expected = sorted(possible).filter(
          (one) =>
            one.startsWith(prefix) && (after === null || Buffer.compare(Buffer.from(one), Buffer.from(after)) > 0),
        );
        expect(await list(storage, prefix, after ?? undefined)).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});
