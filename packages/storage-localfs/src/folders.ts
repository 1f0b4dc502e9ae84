import { dirname, join } from "node:path";
import { MeteringError } from "@metering/core";
import { createBaseFolder } from "./base-folder.ts";
import type { Disk } from "./file-system.ts";
import { createRealPathCheck } from "./real-path.ts";
import { removeLeftovers } from "./staging.ts";
import { createFolderSync } from "./sync-folder.ts";
import { systemCode } from "./system-error.ts";

/** How many folders are remembered as safely on the disk. */
const maxRemembered = 10_000;

/** The folders that keys lie in, below one base folder that nothing leads out of. */
export interface Folders {
  /**
   * Path of a folder that is there. Rejects with the system's ENOENT where it is not, and with `permission-denied`
   * where a symbolic link stands in between.
   */
  find(folder: string): Promise<string>;
  /** Rejects with `bucket-not-found` unless the base folder is there. */
  checkBase(): Promise<void>;
  /** Same as `find`, but makes missing folders where that is allowed, and returns once they would survive a power cut. */
  make(folder: string): Promise<string>;
  /** Returns once the folder's entries, as they were at the call, would survive a power cut. */
  sync(path: string): Promise<void>;
  /** Everything known of the folders may be wrong: somebody removed one. */
  forget(): void;
}

export interface FoldersOptions {
  readonly disk: Disk;
  readonly basePath: string;
  readonly createDirs: boolean;
  readonly dirMode: number;
  /** For errors. */
  readonly storage: string;
}

export function createFolders(options: FoldersOptions): Folders {
  const { disk, createDirs, dirMode, storage } = options;
  const remembered = new Set<string>();
  const check = createRealPathCheck(disk, storage);
  const sync = createFolderSync(disk);
  const missing = (path: string): MeteringError =>
    new MeteringError(
      "bucket-not-found",
      `The folder ${path} does not exist${createDirs ? ", so nothing was stored yet" : " and createDirs is false"}. Create it, or correct basePath.`,
      { storage },
    );
  const base = createBaseFolder({ ...options, sync, missing });

  /** Makes one folder and those above it, each checked before anything is made inside. */
  async function makePath(path: string, root: string): Promise<void> {
    if (path === root) return settle(path, root);
    try {
      await check(path);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
      if (!createDirs) throw missing(path);
      remembered.delete(path);
      await makePath(dirname(path), root);
      try {
        await disk.mkdir(path, { mode: dirMode, recursive: false });
      } catch (failure) {
        // Another writer was faster; or a file stands there, which tells when one is put below it.
        if (systemCode(failure) !== "EEXIST") throw failure;
      }
      await check(path);
    }
    await settle(path, root);
  }

  /** On the first use of a folder: its own entry and those above are synced, also if others made them. */
  async function settle(path: string, root: string): Promise<void> {
    if (remembered.has(path)) return;
    if (path !== root) {
      await settle(dirname(path), root);
      await sync(dirname(path));
    }
    await removeLeftovers(disk, path);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.add(path);
  }

  return {
    sync,
    checkBase: () => base.check(),
    async find(folder) {
      try {
        return await check(join(await base.find(), folder));
      } catch (error) {
        if (systemCode(error) === "ENOENT" && !createDirs) await base.check();
        throw error;
      }
    },
    async make(folder) {
      const root = await base.make();
      const path = join(root, folder);
      await makePath(path, root);
      return path;
    },
    forget() {
      base.forget();
      remembered.clear();
    },
  };
}
