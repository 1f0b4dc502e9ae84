import { rm } from "node:fs/promises";
import { LocalFsStorage } from "@metering/storage-localfs";
import { onTestFinished } from "vitest";
import { testDifferences, testLongestPage } from "../src/go-sdk/differences.ts";
import { testMetadata } from "../src/go-sdk/metadata.ts";
import { testNames } from "../src/go-sdk/names.ts";
import type { CreatePlace } from "../src/go-sdk/place.ts";
import { testRecords } from "../src/go-sdk/records.ts";
import { testTogether } from "../src/go-sdk/together.ts";
import { createFolder } from "../src/programs.ts";

const createPlace: CreatePlace = async (prefix) => {
  const folder = await createFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  return {
    ours: new LocalFsStorage({ basePath: folder, prefix }),
    go: { type: "localfs", prefix: prefix ?? "", localfs: { base_path: folder, create_dirs: true } },
  };
};

testRecords(createPlace, 2_000);
testMetadata(createPlace, 1_000);
testNames(createPlace);
testDifferences(createPlace);
testTogether(createPlace);
testLongestPage(createPlace);
