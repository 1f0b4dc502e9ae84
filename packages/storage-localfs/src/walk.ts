import { sep } from "node:path";
import { compareKeys } from "@metering/core";
import type { Disk, FileStats } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { isStagedName, removeLeftovers } from "./staging.ts";
import { isAbsence, unlessAbsent } from "./system-error.ts";

/** How many files are looked at in one go. */
const pageSize = 256;

export interface Walk {
  readonly disk: Disk;
  readonly folders: Folders;
  /** Start of the names wanted. */
  readonly namePrefix: string;
  /** Only names after this one. */
  readonly after: string | undefined;
  /** Whether names are enough: no file is looked at then. */
  readonly keysOnly: boolean;
  /** Told of what is found under a name that is wanted and is no file: a link, a pipe. */
  readonly onOther: (name: string) => void;
}

/** A file below the base folder: its path from there, with `/`, and what is known of it. */
export interface FoundFile {
  readonly name: string;
  readonly stats?: FileStats;
}

/** By the bytes of UTF-8. Without surrogates the order of UTF-16 is the same, and sorting by it is much faster. */
function sortNames(names: string[]): string[] {
  const plain = !names.some((name) => /[\ud800-\udfff]/.test(name));
  return plain ? names.sort() : names.sort(compareKeys);
}

/** What of a folder's content is wanted, in order. A folder ends in `/`, which is how the names below it sort. */
async function readNames({ disk, namePrefix, after, onOther }: Walk, path: string, folder: string): Promise<string[]> {
  const staged: string[] = [];
  const names: string[] = [];
  for (const entry of await disk.readdir(path)) {
    const entryName = String(entry.name);
    if (isStagedName(entryName)) {
      staged.push(entryName);
      continue;
    }
    const isFolder = entry.isDirectory();
    const name = `${folder}${entryName}${isFolder ? "/" : ""}`;
    if (!name.startsWith(namePrefix)) continue;
    const wanted = after === undefined || compareKeys(name, after) > 0 || (isFolder && after.startsWith(name));
    if (!wanted) continue;
    if (isFolder || entry.isFile()) names.push(name);
    else onOther(name);
  }
  if (staged.length > 0) await removeLeftovers(disk, path, staged);
  return sortNames(names);
}

// Stands in the names that Node gives for those that are no UTF-8.
const replacement = "\ufffd";

/** Those that are still there, with what is known of them. */
async function lookAt(
  { disk, keysOnly, onOther }: Walk,
  names: readonly string[],
  pathOf: (name: string) => string,
): Promise<readonly FoundFile[]> {
  const looked = keysOnly ? names.filter((name) => name.includes(replacement)) : names;
  const stats = await Promise.all(looked.map((name) => unlessAbsent(disk.lstat(pathOf(name)))));
  const found = new Map(looked.map((name, i) => [name, stats[i]]));
  return names.flatMap((name) => {
    if (!found.has(name)) return [{ name }];
    const known = found.get(name);
    if (known?.isFile() === true) return [{ name, stats: known }];
    // A name that is no UTF-8 leads to no file, unlike the file that was removed meanwhile.
    if (known === undefined && name.includes(replacement)) onOther(name);
    return [];
  });
}

/** Pages of the files of a folder (`""` or with `/` at its end) and of those below it, in order of their names. */
async function* walkFolder(walk: Walk, folder: string): AsyncGenerator<readonly FoundFile[], void> {
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
  const pathOf = (name: string): string => `${path}${sep}${name.slice(folder.length)}`;
  let page: string[] = [];
  for (const name of names) {
    const isFolder = name.endsWith("/");
    if (!isFolder) page.push(name);
    if (page.length > 0 && (isFolder || page.length === pageSize)) {
      yield await lookAt(walk, page, pathOf);
      page = [];
    }
    if (isFolder) yield* walkFolder(walk, name);
  }
  if (page.length > 0) yield await lookAt(walk, page, pathOf);
}

/** All files whose names start with the prefix, lazily, folder by folder, visiting only those that it can match. */
export function walkFiles(walk: Walk): AsyncGenerator<readonly FoundFile[], void> {
  return walkFolder(walk, walk.namePrefix.slice(0, walk.namePrefix.lastIndexOf("/") + 1));
}
