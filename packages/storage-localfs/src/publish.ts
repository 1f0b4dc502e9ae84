import type { Disk } from "./file-system.ts";
import { discard } from "./staging.ts";
import { systemCode, SystemError, unlessAbsent } from "./system-error.ts";

/** Gives a staged file its name if nothing has it. A hard link, since rename replaces what is there. */
export async function publishIfAbsent(disk: Disk, staged: string, target: string): Promise<void> {
  try {
    await disk.link(staged, target);
  } catch (error) {
    const code = systemCode(error);
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") throw new SystemError("ENOLINK", error);
    if (code !== "EEXIST") throw error;
    // link(2) and open(2): over NFS a link may be made and its answer be lost, so that the repetition fails. The number
    // of links to the staged file tells that it was this writer's own.
    const isOwn = Number((await disk.lstat(staged)).nlink) > 1;
    if (!isOwn) throw (await isFolder(disk, target)) ? new SystemError("EISDIR", error) : error;
  }
  await discard(disk, staged);
}

async function isFolder(disk: Disk, path: string): Promise<boolean> {
  return (await unlessAbsent(disk.lstat(path)))?.isDirectory() === true;
}
