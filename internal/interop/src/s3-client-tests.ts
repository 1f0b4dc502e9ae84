import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { collect, storedKeys } from "@metering/test-helpers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ceph } from "./ceph.ts";
import { createFolder } from "./programs.ts";
import { minute, writeSample } from "./sample.ts";

/** What a client says of an object. */
export interface Described {
  readonly key: string;
  readonly size: number;
  readonly md5: string;
}

/** A command line client of S3. */
export interface S3Client {
  list(bucket: string): Promise<readonly Described[]>;
  /** Media type and content encoding of one object. The latter is empty if the object has none. Not every client tells it. */
  head(bucket: string, key: string): Promise<{ readonly type: string; readonly encoding?: string }>;
  download(bucket: string, folder: string): Promise<unknown>;
  upload(folder: string, bucket: string): Promise<unknown>;
}

/** A bucket that we wrote, as a client sees it, and one that the client filled, as we do. */
export function testS3Client(client: S3Client): void {
  // What is stored must be the same bytes wherever it is stored.
  let written: string;
  let bucket: string;
  let downloaded: string;

  beforeAll(async () => {
    [written, downloaded, bucket] = await Promise.all([createFolder(), createFolder(), ceph.createBucket()]);
    await writeSample(new LocalFsStorage({ basePath: written }));
    await writeSample(ceph.openBucket(bucket));
  });
  afterAll(async () => {
    await Promise.all([written, downloaded].map((folder) => rm(folder, { recursive: true })));
  });

  describe("reads what we wrote on Ceph", () => {
    test("it lists every object by its name, with size and MD5", async () => {
      const keys = await storedKeys(new LocalFsStorage({ basePath: written }));
      const expected = await Promise.all(
        keys.map(async (key) => {
          const bytes = await readFile(join(written, key));
          return { key, size: bytes.length, md5: createHash("md5").update(bytes).digest("hex") };
        }),
      );
      const listed = [...(await client.list(bucket))];
      expect(byKey(listed)).toEqual(byKey(expected));
    });

    test("an object is plain bytes: nothing on the way decompresses it", async () => {
      const [{ key } = { key: "" }] = await client.list(bucket);
      const { type, encoding = "" } = await client.head(bucket, key);
      expect({ type, encoding }).toEqual({ type: "application/octet-stream", encoding: "" });
    });

    test("it downloads the bytes that were written, under the same names", async () => {
      await client.download(bucket, downloaded);
      expect(await filesIn(downloaded)).toEqual(await filesIn(written));
    });
  });

  describe("copies what we then read", () => {
    test("a bucket that it uploaded has the same records", async () => {
      const copy = await ceph.createBucket();
      await client.upload(written, copy);
      expect(await records(ceph.openBucket(copy))).toEqual(await records(new LocalFsStorage({ basePath: written })));
    });
  });
}

const records = (storage: ObjectStorage) =>
  collect(new MeteringReader(storage).scan({ from: minute, to: minute + 600 }));

const byKey = (objects: readonly Described[]) => objects.toSorted((a, b) => (a.key < b.key ? -1 : 1));

/** Content of all files in a folder, by path. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    paths.map(async (path) => [path.slice(folder.length), await readFile(path, "hex")] as const),
  );
  return new Map(contents.sort(([a], [b]) => (a < b ? -1 : 1)));
}
