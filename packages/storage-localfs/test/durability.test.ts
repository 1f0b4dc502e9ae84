import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LocalFsStorage } from "@metering/storage-localfs";
import { expect, test } from "vitest";
import { bytes, createFolder } from "./place.ts";
import { watchFs, type FsCall } from "./watched-fs.ts";

const changes = new Set(["mkdir", "fsync", "rename", "link"]);

/** What was done that a power cut could undo, in order, with the staged file's name made plain. */
function storySo(calls: readonly FsCall[], base: string): string[] {
  return calls
    .filter(({ name }) => changes.has(name))
    .map(({ name, path }) => {
      const place = path === base ? "." : path.slice(base.length + 1);
      return `${name} ${basename(path).startsWith(".metering-") ? join(dirname(place), "STAGED") : place}`;
    });
}

test.each([
  { ifAbsent: false, publish: "rename" },
  { ifAbsent: true, publish: "link" },
])(
  "the body is synced before it appears ($publish), its folder and every new one after",
  async ({ ifAbsent, publish }) => {
    const base = await createFolder();
    const { fs, calls } = watchFs();
    const storage = new LocalFsStorage({ basePath: base, fs });
    await storage.put("a/b/key", bytes("body"), { ifAbsent });
    expect(storySo(calls, base)).toEqual([
      "mkdir a",
      "fsync .",
      "mkdir a/b",
      "fsync a",
      "fsync a/b/STAGED",
      `${publish} a/b/STAGED`,
      "fsync a/b",
    ]);
  },
);

test("a folder created by another process is also synced, once", async () => {
  const base = await createFolder();
  await new LocalFsStorage({ basePath: base }).put("a/first", bytes("body"));
  const { fs, calls } = watchFs();
  const storage = new LocalFsStorage({ basePath: base, fs });
  await storage.put("a/second", bytes("body"));
  await storage.put("a/third", bytes("body"));
  expect(storySo(calls, base)).toEqual([
    "fsync .",
    "fsync a/STAGED",
    "rename a/STAGED",
    "fsync a",
    "fsync a/STAGED",
    "rename a/STAGED",
    "fsync a",
  ]);
});

test("a new base folder is synced into its parent, up to the first folder that existed", async () => {
  const base = await createFolder();
  const { fs, calls } = watchFs();
  await new LocalFsStorage({ basePath: join(base, "x/y"), fs }).put("key", bytes("body"));
  expect(storySo(calls, base).slice(0, 3)).toEqual(["mkdir x/y", "fsync x", "fsync ."]);
});

test("a delete is synced", async () => {
  const base = await createFolder();
  const { fs, calls } = watchFs();
  const storage = new LocalFsStorage({ basePath: base, fs });
  await storage.put("a/key", bytes("body"));
  calls.length = 0;
  await storage.delete("a/key");
  expect(calls.filter(({ name }) => name === "unlink" || name === "fsync").map(({ name }) => name)).toEqual([
    "unlink",
    "fsync",
  ]);
});

test("puts into one folder at the same time share its sync", async () => {
  const base = await createFolder();
  const { fs, calls } = watchFs();
  const storage = new LocalFsStorage({ basePath: base, fs });
  await storage.put("first", bytes("body"));
  calls.length = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => storage.put(`key-${i}`, bytes("body"))));
  const syncs = calls.filter(({ name, path }) => name === "fsync" && path === base).length;
  expect(syncs).toBeGreaterThan(0);
  expect(syncs).toBeLessThan(50);
});

test("a put succeeds if a cleanup job removed its folder or the base folder", async () => {
  const base = await createFolder();
  const storage = new LocalFsStorage({ basePath: join(base, "data") });
  await storage.put("a/b/1", bytes("body"));
  await rm(join(base, "data/a"), { recursive: true });
  await storage.put("a/b/2", bytes("body"));
  await rm(join(base, "data"), { recursive: true });
  await storage.put("a/b/3", bytes("body"), { ifAbsent: true });
  expect((await storage.get("a/b/3")).byteLength).toBe(4);
});
