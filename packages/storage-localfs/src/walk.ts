import { sep } from "node:path";
import { compareKeys } from "@metering/core";
import type { Disk, FileStats } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { isStagedName, removeLeftovers } from "./staging.ts";
import { isAbsence } from "./system-error.ts";

/** How many files are looked at in one go. */
const pageSize = 256;

export interface Walk<Found> {
  readonly disk: Disk;
  readonly folders: Folders;
  /** Start of the names wanted. */
  readonly namePrefix: string;
  /** Only names after this one. */
  readonly after: string | undefined;
  /** What is wanted of some files of a folder, in their order: by their paths below the base folder, with `/`. */
  readonly look: (names: readonly string[], pathOf: PathOf) => Promise<readonly Found[]>;
}

/** Path of a named file for the file system. */
type PathOf = (name: string) => string;

/** A file below the base folder: its path from there, with `/`, and what is known of it. */
export interface FoundFile {
  readonly name: string;
  readonly stats: FileStats;
}

/** By the bytes of UTF-8. Without surrogates the order of UTF-16 is the same, and sorting by it is much faster. */
function sortNames(names: string[]): string[] {
  const plain = !names.some((name) => /[\ud800-\udfff]/.test(name));
  return plain ? names.sort() : names.sort(compareKeys);
}

/** What of a folder's content is wanted, in order. A folder ends in `/`, which is how the names below it sort. */
async function readNames({ disk, namePrefix, after }: Walk<unknown>, path: string, folder: string): Promise<string[]> {
  const staged: string[] = [];
  const names: string[] = [];
  for (const entry of await disk.readdir(path)) {
    const entryName = String(entry.name);
    if (isStagedName(entryName)) {
      staged.push(entryName);
      continue;
    }
    const isFolder = entry.isDirectory();
    if (!isFolder && !entry.isFile()) continue;
    const name = `${folder}${entryName}${isFolder ? "/" : ""}`;
    if (!name.startsWith(namePrefix)) continue;
    const wanted = after === undefined || compareKeys(name, after) > 0 || (isFolder && after.startsWith(name));
    if (wanted) names.push(name);
  }
  if (staged.length > 0) await removeLeftovers(disk, path, staged);
  return sortNames(names);
}

/** Those that are still there, with what is known of them. */
export async function lookAt(disk: Disk, names: readonly string[], pathOf: PathOf): Promise<readonly FoundFile[]> {
  const all = await disk.lstatAll(names.map(pathOf));
  return names.flatMap((name, i) => {
    const stats = all[i];
    return stats?.isFile() === true ? [{ name, stats }] : [];
  });
}

/** Pages of the files of a folder (`""` or with `/` at its end) and of those below it, in order of their names. */
async function* walkFolder<Found>(walk: Walk<Found>, folder: string): AsyncGenerator<readonly Found[], void> {
  let path: string;
  let names: string[];
  try {
    path = await walk.folders.find(folder.slice(0, -1));
    names = await readNames(walk, path, folder);
  } catch (error) {
    // Removed while we were on the way there, or never there.
    if (isAbsence(error)) return;
    throw error;
  }
  const pathOf: PathOf = (name) => `${path}${sep}${name.slice(folder.length)}`;
  let page: string[] = [];
  for (const name of names) {
    const isFolder = name.endsWith("/");
    if (!isFolder) page.push(name);
    if (page.length > 0 && (isFolder || page.length === pageSize)) {
      yield await walk.look(page, pathOf);
      page = [];
    }
    if (isFolder) yield* walkFolder(walk, name);
  }
  if (page.length > 0) yield await walk.look(page, pathOf);
}

/** All files whose names start with the prefix, lazily, folder by folder, visiting only those that it can match. */
export function walkFiles<Found>(walk: Walk<Found>): AsyncGenerator<readonly Found[], void> {
  return walkFolder(walk, walk.namePrefix.slice(0, walk.namePrefix.lastIndexOf("/") + 1));
}
