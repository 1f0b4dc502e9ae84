import { rm, stat, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { LocalFsStorage, type FileSystem } from "@metering/storage-localfs";
import { describe, expect, onTestFinished, test } from "vitest";
import { createMemoryDisk } from "./memory-disk.ts";
import { bytes, createFolder } from "./place.ts";

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("the constructor rejects invalid options", () => {
  test.each([
    ["no basePath", {}],
    ["an empty basePath", { basePath: "" }],
    ["a basePath with a NUL character", { basePath: "a\0b" }],
    ["a basePath that is no text", { basePath: 1 }],
    ["an unknown option", { basePath: "x", folder: "y" }],
    ["a prefix with an empty segment", { basePath: "x", prefix: "a//b" }],
    ["a prefix that climbs", { basePath: "x", prefix: "../b" }],
    ["a mode that is no number", { basePath: "x", fileMode: "644" }],
    ["a mode out of range", { basePath: "x", dirMode: 0o10000 }],
    ["a file system that lacks calls", { basePath: "x", fs: { open: () => {} } }],
  ])("%s", (_, options) => {
    const construct = (): unknown => Reflect.construct(LocalFsStorage, [options]);
    expect(construct).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

test("the name contains the path of the objects", () => {
  expect(new LocalFsStorage({ basePath: "/data", prefix: "team/usage/" }).name).toBe("localfs:/data/team/usage/");
  expect(new LocalFsStorage({ basePath: "/data/" }).name).toBe("localfs:/data");
});

test("a relative basePath is relative to the working directory at construction", async () => {
  const base = await createFolder();
  await new LocalFsStorage({ basePath: relative(process.cwd(), base) }).put("key", bytes("body"));
  expect(await new LocalFsStorage({ basePath: base }).get("key")).toEqual(bytes("body"));
});

test.skipIf(process.platform === "win32")("new files and folders have the modes that were asked for", async () => {
  const basePath = join(await createFolder(), "base");
  await new LocalFsStorage({ basePath, fileMode: 0o600, dirMode: 0o700 }).put("a/key", bytes("body"));
  expect(await modeOf(join(basePath, "a/key"))).toBe(0o600);
  expect(await modeOf(join(basePath, "a"))).toBe(0o700);
  expect(await modeOf(basePath)).toBe(0o700);
});

const id = (basePath: string, prefix?: string, fs?: FileSystem): string =>
  new LocalFsStorage({ basePath, prefix, fs }).id;
const idIn = (fs: FileSystem): string => id("/data", undefined, fs);

test("the id is the real path, also through a link and for a folder that does not exist yet", async () => {
  const base = await createFolder();
  await symlink(base, `${base}-link`);
  onTestFinished(() => rm(`${base}-link`));
  expect(id(`${base}-link/deep/folder`, "a")).toBe(id(join(base, "deep/folder"), "a"));
  expect(id(base)).toBe(`localfs:${base}`);
  expect(id(base, "a")).not.toBe(id(base));
});

test("the id of a file system other than Node's is its own", () => {
  const [first, second] = [createMemoryDisk(), createMemoryDisk()];
  expect(idIn(first)).toBe(idIn(first));
  expect(idIn(first)).not.toBe(idIn(second));
});
