import { EventEmitter, once } from "node:events";
import nodeFs from "node:fs";
import { LocalFsStorage, type FileSystem } from "@metering/storage-localfs";
import { expect, test } from "vitest";
import { bytes, createFolder } from "./place.ts";
import { watchFs } from "./watched-fs.ts";

test("hundreds of concurrent calls open few files at a time, and close them all", async () => {
  const { fs, mostOpen, open } = watchFs();
  const storage = new LocalFsStorage({ basePath: await createFolder(), fs });
  const keys = Array.from({ length: 600 }, (_, i) => `${i % 20}/${i}`);
  await Promise.all(keys.map((key) => storage.put(key, bytes(key))));
  await Promise.all(keys.map((key) => storage.get(key)));
  expect(mostOpen()).toBeLessThanOrEqual(128);
  expect(open()).toBe(0);
});

test("aborted gets and listings close what they opened", async () => {
  const { fs, open } = watchFs();
  const storage = new LocalFsStorage({ basePath: await createFolder(), fs });
  for (let i = 0; i < 100; i++) await storage.put(`a/${i}`, bytes("body"));
  const calls = Array.from({ length: 200 }, async (_, i) => {
    const controller = new AbortController();
    const get = storage.get(`a/${i % 100}`, { signal: controller.signal }).catch((error: unknown) => error);
    if (i % 3 > 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await get;
    for await (const { key } of storage.list("a/")) if (key === "a/1") break;
  });
  await Promise.all(calls);
  expect(open()).toBe(0);
});

test("a queued call can be aborted", async () => {
  const gate = new EventEmitter();
  const held = once(gate, "open");
  const fs: FileSystem = { ...nodeFs, fsync: (fd, done) => void held.then(() => nodeFs.fsync(fd, done)) };
  const storage = new LocalFsStorage({ basePath: await createFolder(), fs });
  const puts = Array.from({ length: 100 }, (_, i) => storage.put(`${i}`, bytes("body")));
  const controller = new AbortController();
  const reason = new Error("waited long enough");
  const waiting = storage.get("0", { signal: controller.signal });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  gate.emit("open");
  await Promise.all(puts);
});
