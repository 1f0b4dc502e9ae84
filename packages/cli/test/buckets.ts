import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goTrees, type GoFile } from "@metering/go-sdk-fixtures";
import { LocalFsStorage } from "@metering/storage-localfs";
import { MeteringWriter } from "@metering/writer";

/** 2025-08-22T08:00 in UTC. */
export const eight = 1_755_849_600;

/** A bucket in a folder of its own, which is removed at the end. */
export async function emptyBucket(): Promise<
  { readonly folder: string; readonly storage: LocalFsStorage } & AsyncDisposable
> {
  const folder = await mkdtemp(join(tmpdir(), "metering-cli-"));
  const storage = new LocalFsStorage({ basePath: folder });
  return {
    folder,
    storage,
    async [Symbol.asyncDispose]() {
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Three tenants and two components from 08:00 to 08:03: most values are equal, as in real fleets. */
export async function fleetBucket() {
  const bucket = await emptyBucket();
  const writer = new MeteringWriter(bucket.storage);
  for (const timestamp of [eight, eight + 60, eight + 120]) {
    for (const selfId of ["tidb01", "tidb02"]) {
      const data = ["a", "b", "c"].map((cluster_id) => ({
        cluster_id,
        requests: { value: 10, unit: "requests" },
        stored: { value: 18_446_744_073_709_551_615n, unit: "bytes" },
      }));
      await writer.write({ timestamp, category: "tidb-server", selfId, data });
    }
  }
  return bucket;
}

/** All that the Go SDK wrote at three commits, in one bucket: every layout side by side. */
export async function goBucket() {
  const bucket = await emptyBucket();
  // Some lie under the same key in two trees.
  const files = new Map<string, GoFile>();
  for (const { root, files: written } of goTrees) {
    for (const file of written) {
      const path = join(bucket.folder, file.key);
      await mkdir(dirname(path), { recursive: true });
      await copyFile(join(root, file.key), path);
      files.set(file.key, file);
    }
  }
  return { ...bucket, files: [...files.values()] };
}
