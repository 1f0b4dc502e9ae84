import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalFsStorage } from "@metering/storage-localfs";
import { describe, expect, test } from "vitest";
import { bytes, createFolder } from "./place.ts";
import { watchFs } from "./watched-fs.ts";

/** The staged file of a put that could not be finished, as a killed process leaves it. */
async function leaveStagedFile(base: string, folder: string): Promise<string> {
  const { fs } = watchFs(({ name }) => (name === "rename" || name === "unlink" ? "EIO" : undefined));
  await new LocalFsStorage({ basePath: base, fs }).put(join(folder, "never"), bytes("half")).catch(() => {});
  const name = (await readdir(join(base, folder))).find((entry) => entry.startsWith("."));
  if (name === undefined) throw new Error("no staged file was left behind");
  return name;
}

async function age(path: string, hours: number): Promise<void> {
  const then = new Date(Date.now() - hours * 3_600_000);
  await utimes(path, then, then);
}

async function keys(storage: LocalFsStorage): Promise<string[]> {
  const all: string[] = [];
  for await (const { key } of storage.list("")) all.push(key);
  return all;
}

describe("what a killed process leaves behind", () => {
  test("is not an object: not listed, and not readable by a key", async () => {
    const base = await createFolder();
    const name = await leaveStagedFile(base, "a");
    const storage = new LocalFsStorage({ basePath: base });
    expect(await keys(storage)).toEqual([]);
    for (const call of [
      () => storage.get(`a/${name}`),
      () => storage.head(`a/${name}`),
      () => storage.delete(`a/${name}`),
      () => storage.put(`a/${name}`, bytes("x")),
      () => storage.put(`${name}/x`, bytes("x")),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "invalid-key" });
    }
  });

  test("never has the name of a data file", async () => {
    const base = await createFolder();
    expect(await leaveStagedFile(base, "a")).not.toMatch(/\.json\.gz$/);
  });

  test.each(["a", "a/b", ""])('is removed by the next put into its folder ("%s"), once an hour old', async (folder) => {
    const base = await createFolder();
    const name = await leaveStagedFile(base, folder);
    await new LocalFsStorage({ basePath: base }).put(join(folder, "1"), bytes("body"));
    expect(await readdir(join(base, folder))).toEqual([name, "1"]);
    await age(join(base, folder, name), 2);
    await new LocalFsStorage({ basePath: base }).put(join(folder, "2"), bytes("body"));
    expect(await readdir(join(base, folder))).toEqual(["1", "2"]);
  });

  test("is removed by the next listing of the folder, once an hour old", async () => {
    const base = await createFolder();
    const storage = new LocalFsStorage({ basePath: base });
    const name = await leaveStagedFile(base, "a");
    await keys(storage);
    expect(await readdir(join(base, "a"))).toEqual([name]);
    await age(join(base, "a", name), 2);
    await keys(storage);
    expect(await readdir(join(base, "a"))).toEqual([]);
  });
});

test("files of others are never removed, whatever their age or name", async () => {
  const base = await createFolder();
  const foreign = [".metering-1.tmp", ".metering-backup.tmp", ".tmp", "x.tmp", "notes"];
  for (const name of foreign) {
    await writeFile(join(base, name), "mine");
    await age(join(base, name), 10_000);
  }
  const storage = new LocalFsStorage({ basePath: base });
  await storage.put("key", bytes("body"));
  expect(await keys(storage)).toEqual([...foreign, "key"].sort());
  expect((await readdir(base)).sort()).toEqual([...foreign, "key"].sort());
});

test("puts succeed in a folder that is writable but not readable", async () => {
  const { fs } = watchFs(({ name }) => (name === "readdir" ? "EACCES" : undefined));
  await new LocalFsStorage({ basePath: await createFolder(), fs }).put("a/key", bytes("body"));
});

test.each(["write", "fsync", "rename", "link"] as const)(
  "a put whose %s fails leaves nothing behind",
  async (failing) => {
    const base = await createFolder();
    const { fs, open } = watchFs(({ name, path }) => (name === failing && path !== base ? "EIO" : undefined));
    const storage = new LocalFsStorage({ basePath: base, fs });
    const put = storage.put("key", bytes("body"), { ifAbsent: failing === "link" });
    await expect(put).rejects.toMatchObject({ code: "storage-failure", key: "key" });
    expect(await readdir(base)).toEqual([]);
    expect(open()).toBe(0);
  },
);

test("an aborted put leaves nothing behind", async () => {
  const base = await createFolder();
  const controller = new AbortController();
  const reason = new Error("not needed any more");
  const { fs, open } = watchFs(({ name }) => {
    if (name === "fsync") controller.abort(reason);
    return undefined;
  });
  const storage = new LocalFsStorage({ basePath: base, fs });
  await expect(storage.put("key", bytes("body"), { signal: controller.signal })).rejects.toBe(reason);
  expect(await readdir(base)).toEqual([]);
  expect(open()).toBe(0);
});
