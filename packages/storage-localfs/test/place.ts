import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new, empty folder on the disk, removed at the end of the test. */
export async function createFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "metering-localfs-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
