import { constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MeteringError } from "@metering/core";
import { coalesce } from "./coalesce.ts";
import type { Disk } from "./file-system.ts";
import { removeLeftovers } from "./staging.ts";
import { systemCode, SystemError } from "./system-error.ts";

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

// Some file systems and users may not open or sync a folder; the entry is then as durable as it can be made.
const cannotSync = new Set(["EACCES", "EPERM", "EINVAL", "EISDIR", "ENOTSUP", "EBADF"]);

export function createFolders({ disk, basePath, createDirs, dirMode, storage }: FoldersOptions): Folders {
  const base = resolve(basePath);
  const remembered = new Set<string>();
  const checks = new Map<string, Promise<string>>();
  let realBase: Promise<string> | undefined;

  const sync = coalesce(async (path) => {
    try {
      const fd = await disk.open(path, constants.O_RDONLY, 0);
      try {
        await disk.fsync(fd);
      } finally {
        await disk.close(fd);
      }
    } catch (error) {
      if (!cannotSync.has(systemCode(error) ?? "")) throw error;
    }
  });

  async function openBase(): Promise<string> {
    try {
      const path = await disk.realpath(base);
      if (!(await disk.lstat(path)).isDirectory()) throw new SystemError("ENOTDIR");
      return path;
    } catch (error) {
      if (systemCode(error) !== "ENOTDIR") throw error;
      throw new MeteringError("bucket-not-found", `basePath ${base} is not a folder. Choose a folder.`, {
        storage,
        cause: error,
      });
    }
  }

  /** The base folder with its own symbolic links resolved; found once, for they are the operator's. */
  function findBase(): Promise<string> {
    realBase ??= openBase().catch((error: unknown) => {
      realBase = undefined;
      throw error;
    });
    return realBase;
  }

  function missing(path: string): MeteringError {
    return new MeteringError(
      "bucket-not-found",
      `The folder ${path} does not exist${createDirs ? ", so nothing was stored yet" : " and createDirs is false"}. Create it, or correct basePath.`,
      { storage },
    );
  }

  /** Tells a missing base folder, such as a volume that is not mounted, from a missing object. */
  async function checkBase(): Promise<void> {
    try {
      await openBase();
    } catch (error) {
      throw systemCode(error) === "ENOENT" ? missing(base) : error;
    }
  }

  /** Syncs the entries of the folders just made: from `path` up to the first of them. */
  async function syncMade(path: string, first: string): Promise<void> {
    const above = dirname(path);
    await sync(above);
    if (path !== first && path !== above) await syncMade(above, first);
  }

  async function makeBase(): Promise<string> {
    try {
      return await findBase();
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
      if (!createDirs) throw missing(base);
    }
    const first = await disk.mkdir(base, { mode: dirMode, recursive: true });
    if (first !== undefined) await syncMade(base, resolve(first));
    return findBase();
  }

  async function checkNow(path: string): Promise<string> {
    const real = await disk.realpath(path);
    if (real === path) return path;
    throw new MeteringError(
      "permission-denied",
      `${path} leads to ${real}. Links below the base folder are not followed; use real folders.`,
      { storage },
    );
  }

  /** Fails unless the path is its own real path. Calls at the same time share a check, but not its failure. */
  function check(path: string): Promise<string> {
    const begun = checks.get(path);
    // The folder may have been made since that check began.
    if (begun !== undefined) return begun.catch(() => checkNow(path));
    const checked = checkNow(path).finally(() => checks.delete(path));
    checks.set(path, checked);
    return checked;
  }

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
    checkBase,
    async find(folder) {
      try {
        return await check(join(await findBase(), folder));
      } catch (error) {
        if (systemCode(error) === "ENOENT" && !createDirs) await checkBase();
        throw error;
      }
    },
    async make(folder) {
      const root = await makeBase();
      const path = join(root, folder);
      await makePath(path, root);
      return path;
    },
    forget() {
      realBase = undefined;
      remembered.clear();
    },
  };
}
