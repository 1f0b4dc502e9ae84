import { dirname, resolve } from "node:path";
import { MeteringError } from "@metering/core";
import type { Disk } from "./file-system.ts";
import { systemCode, SystemError } from "./system-error.ts";

/** The folder that all keys are below. */
export interface BaseFolder {
  /** Its path with its own symbolic links resolved. Rejects with the system's ENOENT if it does not exist. */
  find(): Promise<string>;
  /** Same as `find`, but creates it where that is allowed, and returns once it would survive a power cut. */
  make(): Promise<string>;
  /** Rejects with `bucket-not-found` unless it exists: tells an unmounted volume from a missing object. */
  check(): Promise<void>;
  forget(): void;
}

export interface BaseFolderOptions {
  readonly disk: Disk;
  readonly basePath: string;
  readonly createDirs: boolean;
  readonly dirMode: number;
  readonly sync: (path: string) => Promise<void>;
  readonly missing: (path: string) => MeteringError;
  /** For errors. */
  readonly storage: string;
}

export function createBaseFolder(options: BaseFolderOptions): BaseFolder {
  const { disk, createDirs, dirMode, sync, missing, storage } = options;
  const base = resolve(options.basePath);
  let found: Promise<string> | undefined;

  async function open(): Promise<string> {
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

  /** Its links are resolved only once, because they are the operator's. */
  function find(): Promise<string> {
    found ??= open().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  /** Syncs the entries of the folders just made: from `path` up to the first of them. */
  async function syncMade(path: string, first: string): Promise<void> {
    const above = dirname(path);
    await sync(above);
    if (path !== first && path !== above) await syncMade(above, first);
  }

  return {
    find,
    async make() {
      try {
        return await find();
      } catch (error) {
        if (systemCode(error) !== "ENOENT") throw error;
        if (!createDirs) throw missing(base);
      }
      const first = await disk.mkdir(base, { mode: dirMode, recursive: true });
      if (first !== undefined) await syncMade(base, resolve(first));
      return find();
    },
    async check() {
      try {
        await open();
      } catch (error) {
        throw systemCode(error) === "ENOENT" ? missing(base) : error;
      }
    },
    forget() {
      found = undefined;
    },
  };
}
