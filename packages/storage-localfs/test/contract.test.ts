import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStorageContract } from "@metering/storage-contract";
import { LocalFsStorage } from "@metering/storage-localfs";
import { createMemoryDisk } from "./memory-disk.ts";

const abilities = { keyBelowKey: false };
const manyKeys = 200;
const raceRounds = 40;

testStorageContract({
  name: "LocalFsStorage",
  abilities,
  manyKeys,
  raceRounds,
  createFixture: async () => {
    const basePath = await mkdtemp(join(tmpdir(), "metering-contract-"));
    return {
      open: ({ prefix } = {}) => new LocalFsStorage({ basePath, prefix }),
      async plantInvalidKeys(name) {
        const path = join(basePath, name);
        await mkdir(path);
        await symlink("/nowhere", join(path, "link"));
        if (process.platform === "win32") return ["link"];
        await mkdir(join(path, "bell\u0007"));
        for (const file of ["line\nfeed", "bell\u0007/file"]) await writeFile(join(path, file), "x");
        return ["link", "line\nfeed", "bell\u0007/file"];
      },
      [Symbol.asyncDispose]: () => rm(basePath, { recursive: true }),
    };
  },
});

testStorageContract({
  name: "LocalFsStorage on memfs",
  abilities,
  manyKeys,
  raceRounds,
  createFixture: () => {
    const fs = createMemoryDisk();
    return {
      open: ({ prefix } = {}) => new LocalFsStorage({ basePath: "/data", prefix, fs }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
