import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStorageContract } from "@metering/storage-contract";
import { LocalFsStorage } from "@metering/storage-localfs";
import { createMemoryDisk } from "./memory-disk.ts";

const abilities = { keyBelowKey: false };

testStorageContract({
  name: "LocalFsStorage on a real disk",
  abilities,
  createPlace: async () => {
    const basePath = await mkdtemp(join(tmpdir(), "metering-contract-"));
    return {
      open: ({ prefix } = {}) => new LocalFsStorage({ basePath, prefix }),
      [Symbol.asyncDispose]: () => rm(basePath, { recursive: true }),
    };
  },
});

testStorageContract({
  name: "LocalFsStorage on memfs",
  abilities,
  createPlace: () => {
    const fs = createMemoryDisk();
    return {
      open: ({ prefix } = {}) => new LocalFsStorage({ basePath: "/data", prefix, fs }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
});
