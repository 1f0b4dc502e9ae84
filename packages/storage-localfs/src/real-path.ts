import { MeteringError } from "@metering/core";
import type { Disk } from "./file-system.ts";

/**
 * A function that resolves to the path if it is its own real path, and rejects with `permission-denied` if a symbolic link
 * is on the way. Concurrent calls share a check, but not its failure.
 */
export function createRealPathCheck(disk: Disk, storage: string): (path: string) => Promise<string> {
  const checks = new Map<string, Promise<string>>();

  async function checkNow(path: string): Promise<string> {
    const real = await disk.realpath(path);
    if (real === path) return path;
    throw new MeteringError(
      "permission-denied",
      `${path} leads to ${real}. Links below the base folder are not followed; use real folders.`,
      { storage },
    );
  }

  return (path) => {
    const begun = checks.get(path);
    // The folder may have been made since that check began.
    if (begun !== undefined) return begun.catch(() => checkNow(path));
    const checked = checkNow(path).finally(() => checks.delete(path));
    checks.set(path, checked);
    return checked;
  };
}
