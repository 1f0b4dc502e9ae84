import nodeFs from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalFsStorage, type FileSystem } from "@metering/storage-localfs";
import { describe, expect, test } from "vitest";
import { bytes, createFolder } from "./place.ts";
import { watchFs } from "./watched-fs.ts";

async function keys(storage: LocalFsStorage): Promise<string[]> {
  const all: string[] = [];
  for await (const { key } of storage.list("")) all.push(key);
  return all;
}

describe("a failure of the file system gets the code that tells what to do", () => {
  test.each([
    ["write", "ENOSPC", "out-of-space", false],
    ["fsync", "EDQUOT", "out-of-space", false],
    ["open", "EROFS", "permission-denied", false],
    ["open", "EACCES", "permission-denied", false],
    ["rename", "EPERM", "permission-denied", false],
    ["open", "EMFILE", "unavailable", true],
    ["open", "ENFILE", "unavailable", true],
    ["realpath", "ESTALE", "unavailable", true],
    ["realpath", "ENAMETOOLONG", "invalid-key", false],
    ["write", "EFBIG", "too-large", false],
    ["write", "EIO", "storage-failure", false],
  ] as const)("put, where %s fails with %s: %s", async (failing, systemCode, code, retryable) => {
    const base = await createFolder();
    await mkdir(join(base, "a"));
    const { fs, open } = watchFs(({ name, path }) =>
      name === failing && path.startsWith(join(base, "a")) ? systemCode : undefined,
    );
    const storage = new LocalFsStorage({ basePath: base, fs });
    const error: unknown = await storage.put("a/key", bytes("body")).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, retryable, key: "a/key", storage: storage.name, cause: { code: systemCode } });
    expect(open()).toBe(0);
  });

  test.each(["EPERM", "ENOTSUP"])(
    "ifAbsent where the disk has no hard links (%s): not-supported",
    async (systemCode) => {
      const { fs } = watchFs(({ name }) => (name === "link" ? systemCode : undefined));
      const storage = new LocalFsStorage({ basePath: await createFolder(), fs });
      await expect(storage.put("key", bytes("x"), { ifAbsent: true })).rejects.toMatchObject({ code: "not-supported" });
      await storage.put("key", bytes("x"));
    },
  );

  test.each([
    ["get", "EACCES", "permission-denied"],
    ["get", "EIO", "storage-failure"],
    ["head", "EACCES", "permission-denied"],
    ["delete", "EROFS", "permission-denied"],
    ["list", "EACCES", "permission-denied"],
    ["list", "EMFILE", "unavailable"],
  ] as const)("%s, where the disk answers %s: %s", async (verb, systemCode, code) => {
    const base = await createFolder();
    await new LocalFsStorage({ basePath: base }).put("key", bytes("body"));
    const failing = { get: "read", head: "lstat", delete: "unlink", list: "readdir" }[verb];
    const { fs, open } = watchFs(({ name, path }) =>
      name === failing && (path !== base || name === "readdir") ? systemCode : undefined,
    );
    const storage = new LocalFsStorage({ basePath: base, fs });
    const call = verb === "list" ? keys(storage) : storage[verb]("key");
    await expect(call).rejects.toMatchObject({ code, storage: storage.name, cause: { code: systemCode } });
    expect(open()).toBe(0);
  });

  test("a file truncated while it is read is an error, not a shorter body", async () => {
    const base = await createFolder();
    const storage = new LocalFsStorage({ basePath: base });
    await storage.put("key", bytes("a body of some length"));
    const fs: FileSystem = { ...nodeFs, read: (fd, into, offset, length, position, done) => done(null, 0) };
    const cut = new LocalFsStorage({ basePath: base, fs });
    await expect(cut.get("key")).rejects.toMatchObject({ code: "conflict", retryable: true });
  });
});

const linkTwice: FileSystem["link"] = (from, to, done) => {
  nodeFs.link(from, to, () => nodeFs.link(from, to, done));
};

test("a body that is not bytes is rejected, not stored as an empty object", async () => {
  const storage = new LocalFsStorage({ basePath: await createFolder() });
  for (const body of ["text", undefined, {}, [1, 2]]) {
    const put: unknown = Reflect.apply(storage.put.bind(storage), undefined, ["key", body]);
    await expect(put).rejects.toMatchObject({ code: "invalid-argument", key: "key" });
  }
  expect(await storage.head("key")).toBeUndefined();
});

test("a hard link that was created although its response was lost (NFS) is this writer's success", async () => {
  const base = await createFolder();
  const storage = new LocalFsStorage({ basePath: base, fs: { ...nodeFs, link: linkTwice } });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  await expect(storage.put("key", bytes("other"), { ifAbsent: true })).rejects.toMatchObject({
    code: "already-exists",
  });
  expect(await storage.get("key")).toEqual(bytes("body"));
  expect(await keys(storage)).toEqual(["key"]);
  expect(await readdir(base)).toEqual(["key"]);
});

describe("the base folder", () => {
  test("that is missing is created by the first put; before that, a listing reports it as missing", async () => {
    const base = join(await createFolder(), "not/yet/there");
    const storage = new LocalFsStorage({ basePath: base });
    await expect(keys(storage)).rejects.toMatchObject({ code: "bucket-not-found" });
    expect(await storage.head("a/key")).toBeUndefined();
    await expect(storage.get("a/key")).rejects.toMatchObject({ code: "not-found" });
    await storage.delete("a/key");
    await storage.put("a/key", bytes("body"));
    expect(await keys(storage)).toEqual(["a/key"]);
  });

  test("that is missing is an error of every call if createDirs is false", async () => {
    const storage = new LocalFsStorage({ basePath: join(await createFolder(), "missing"), createDirs: false });
    for (const call of [
      () => keys(storage),
      () => storage.get("a/key"),
      () => storage.head("a/key"),
      () => storage.delete("a/key"),
      () => storage.put("key", bytes("body")),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "bucket-not-found" });
    }
  });

  test("that exists suffices for keys without folders if createDirs is false", async () => {
    const base = await createFolder();
    const storage = new LocalFsStorage({ basePath: base, createDirs: false });
    await storage.put("key", bytes("body"));
    await expect(storage.get("a/key")).rejects.toMatchObject({ code: "not-found" });
    await expect(storage.put("a/key", bytes("body"))).rejects.toMatchObject({ code: "bucket-not-found" });
    await mkdir(join(base, "a"));
    await storage.put("a/key", bytes("body"));
    expect(await keys(storage)).toEqual(["a/key", "key"]);
  });

  test.each(["file", "file/below"])(
    "that is a file, or lies below one, is an error of every call (%s)",
    async (path) => {
      const folder = await createFolder();
      await writeFile(join(folder, "file"), "in the way");
      const base = join(folder, path);
      const storage = new LocalFsStorage({ basePath: base });
      await expect(storage.put("a/key", bytes("body"))).rejects.toMatchObject({ code: "bucket-not-found" });
      await expect(keys(storage)).rejects.toMatchObject({ code: "bucket-not-found" });
      await expect(storage.get("a/key")).rejects.toMatchObject({ code: "bucket-not-found" });
    },
  );
});
