import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

export const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
// Inside the repository, so that a copy finds the installed packages as the example itself does. And outside of every
// package: vitest, which one example runs, takes the settings of the nearest folder that has any.
const copies = fileURLToPath(new URL("../../../.vitest/", import.meta.url));

/** A copy of an example as it was checked out: without what earlier runs left behind. */
export async function copyExample(name: string): Promise<string> {
  await mkdir(copies, { recursive: true });
  const place = await mkdtemp(join(copies, "copy-"));
  onTestFinished(() => rm(place, { recursive: true }));
  const folder = join(place, name);
  await cp(join(examples, name), folder, {
    recursive: true,
    filter: (path) => !["data", "cache", "spool", "node_modules"].includes(path.slice(path.lastIndexOf("/") + 1)),
  });
  return folder;
}

/**
 * What `npm start` (or another script) prints in an example's folder. Fails where it fails.
 *
 * @param environment beside that of a login: nothing of this process's configuration of stores gets there.
 */
export async function start(
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  script = "start",
): Promise<string> {
  const { PATH = "", HOME = "" } = process.env;
  const { stdout } = await promisify(execFile)("npm", ["run", "--silent", script], {
    cwd: folder,
    env: { PATH, HOME, NO_COLOR: "1", ...environment },
    timeout: 240_000,
  });
  return stdout;
}

/** Keys of stored files that a text names, each once. */
export function keysIn(text: string): string[] {
  return [...new Set(text.match(/metering\/[\w/-]+\.json\.gz/g))].sort();
}
