import { execFile } from "node:child_process";
import { mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalFsStorage } from "@metering/storage-localfs";
import { expect, test } from "vitest";
import { bytes, createFolder } from "./place.ts";

async function keys(storage: LocalFsStorage, prefix = ""): Promise<string[]> {
  const all: string[] = [];
  for await (const { key } of storage.list(prefix)) all.push(key);
  return all;
}

async function createTree(): Promise<{ base: string; outside: string }> {
  const root = await createFolder();
  const [base, outside] = [join(root, "base"), join(root, "outside")];
  await mkdir(base);
  await mkdir(join(outside, "deep"), { recursive: true });
  await writeFile(join(outside, "secret"), "secret");
  return { base, outside };
}

test.each(["", "deep/"])("no call follows a linked folder out of the base folder (%s)", async (below) => {
  const { base, outside } = await createTree();
  await symlink(outside, join(base, "link"));
  await writeFile(join(outside, "deep/secret"), "secret");
  const storage = new LocalFsStorage({ basePath: base });
  const key = `link/${below}secret`;
  for (const call of [
    () => storage.get(key),
    () => storage.head(key),
    () => storage.delete(key),
    () => storage.put(key, bytes("changed")),
    () => storage.put(`link/${below}new`, bytes("new"), { ifAbsent: true }),
    () => storage.put(`link/${below}new/folder/key`, bytes("new")),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "permission-denied" });
  }
  expect(await keys(storage)).toEqual([]);
  expect(await readdir(outside)).toEqual(["deep", "secret"]);
  expect(await readdir(join(outside, "deep"))).toEqual(["secret"]);
});

test("a prefix does not escape the base folder either", async () => {
  const { base, outside } = await createTree();
  await symlink(outside, join(base, "link"));
  const storage = new LocalFsStorage({ basePath: base, prefix: "link" });
  await expect(storage.get("secret")).rejects.toMatchObject({ code: "permission-denied" });
  await expect(storage.put("new", bytes("x"))).rejects.toMatchObject({ code: "permission-denied" });
  await expect(keys(storage)).rejects.toMatchObject({ code: "permission-denied" });
  expect(() => new LocalFsStorage({ basePath: base, prefix: "../outside" })).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});

test("a folder that is replaced by a link after it was used is not followed", async () => {
  const { base, outside } = await createTree();
  const storage = new LocalFsStorage({ basePath: base });
  await storage.put("a/key", bytes("body"));
  await storage.get("a/key");
  await rename(join(base, "a"), join(base, "moved"));
  await symlink(outside, join(base, "a"));
  await expect(storage.put("a/new", bytes("x"))).rejects.toMatchObject({ code: "permission-denied" });
  await expect(storage.get("a/secret")).rejects.toMatchObject({ code: "permission-denied" });
  expect(await keys(storage)).toEqual(["moved/key"]);
  expect(await readdir(outside)).toEqual(["deep", "secret"]);
});

test("a symbolic link is not an object and is not followed; a put replaces the link, not its target", async () => {
  const { base, outside } = await createTree();
  await symlink(join(outside, "secret"), join(base, "key"));
  const storage = new LocalFsStorage({ basePath: base });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "permission-denied" });
  expect(await storage.head("key")).toBeUndefined();
  expect(await keys(storage)).toEqual([]);
  await storage.put("key", bytes("own"));
  expect(await storage.get("key")).toEqual(bytes("own"));
  await rm(join(base, "key"));
  expect(await readdir(outside)).toEqual(["deep", "secret"]);
});

test("a circular link does not make a listing endless", async () => {
  const { base } = await createTree();
  const storage = new LocalFsStorage({ basePath: base });
  await storage.put("a/key", bytes("body"));
  await symlink(base, join(base, "a/circle"));
  expect(await keys(storage)).toEqual(["a/key"]);
});

test("the base folder itself may be a link", async () => {
  const { base } = await createTree();
  await symlink(base, `${base}-link`);
  const storage = new LocalFsStorage({ basePath: `${base}-link` });
  await storage.put("a/key", bytes("body"));
  expect(await keys(storage)).toEqual(["a/key"]);
  expect(await readdir(join(base, "a"))).toEqual(["key"]);
});

test.skipIf(process.platform === "win32")("a pipe is no object, and nobody waits at it", async () => {
  const { base } = await createTree();
  await promisify(execFile)("mkfifo", [join(base, "pipe")]);
  const storage = new LocalFsStorage({ basePath: base });
  await expect(storage.get("pipe")).rejects.toMatchObject({ code: "not-found" });
  expect(await storage.head("pipe")).toBeUndefined();
  expect(await keys(storage)).toEqual([]);
});
