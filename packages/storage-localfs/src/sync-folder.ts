import { constants } from "node:fs";
import { coalesce } from "./coalesce.ts";
import type { Disk } from "./file-system.ts";
import { systemCode } from "./system-error.ts";

// Some file systems and users may not open or sync a folder; the entry is then as durable as it can be made.
const cannotSync = new Set(["EACCES", "EPERM", "EINVAL", "EISDIR", "ENOTSUP", "EBADF"]);

/** A function that returns once a folder's entries, as they were at the call, would survive a power cut. */
export function createFolderSync(disk: Disk): (path: string) => Promise<void> {
  return coalesce(async (path) => {
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
}
