import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { join, sep } from "node:path";
import type { Disk } from "./file-system.ts";
import { unlessAbsent } from "./system-error.ts";

/** A file on its way in that is older than this was left behind by a process that died. */
const leftoverAgeMs = 60 * 60 * 1000;

// No ending that anybody who looks for data files could take for one; too particular to be anybody else's file.
const stagedName = /^\.metering-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Whether a file of this name is one on its way in: no key, and no object. */
export const isStagedName = (name: string): boolean => stagedName.test(name);

/**
 * Writes a body, synced, into a new file of the folder. It lies beside its destination, so that publishing it is one
 * step within one file system. Returns its path.
 */
export async function stage(
  disk: Disk,
  folder: string,
  body: Uint8Array,
  fileMode: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = `${folder}${sep}.metering-${randomUUID()}.tmp`;
  const fd = await disk.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, fileMode);
  try {
    try {
      for (let offset = 0; offset < body.byteLength;) {
        signal?.throwIfAborted();
        offset += await disk.write(fd, body, offset);
      }
      signal?.throwIfAborted();
      await disk.fsync(fd);
    } finally {
      await disk.close(fd);
    }
    signal?.throwIfAborted();
  } catch (error) {
    await discard(disk, path);
    throw error;
  }
  return path;
}

/** Removes a staged file. What cannot be removed now is a leftover, removed later. */
export async function discard(disk: Disk, path: string): Promise<void> {
  await disk.unlink(path).catch(() => {});
}

/**
 * Removes from a folder what processes left behind that died while they wrote. Their names tell them apart. A caller
 * may lack the right to do so; then they stay.
 */
export async function removeLeftovers(disk: Disk, folder: string, names?: readonly string[]): Promise<void> {
  try {
    const staged = (names ?? (await disk.readdir(folder)).map(({ name }) => String(name))).filter(isStagedName);
    for (const name of staged) {
      const path = join(folder, name);
      const stats = await unlessAbsent(disk.lstat(path));
      if (stats?.isFile() === true && Date.now() - stats.mtime.getTime() > leftoverAgeMs) await discard(disk, path);
    }
  } catch {
    // Nothing depends on it.
  }
}
