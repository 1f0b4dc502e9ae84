import { randomUUID } from "node:crypto";
import nodeFs, { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileSystem } from "./file-system.ts";

/** The path with its links resolved, as far as its folders exist. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), basename(path));
  }
}

// What is in another file system than Node's is known to this process alone.
const fileSystems = new WeakMap<FileSystem, string>();

function fileSystemId(fs: FileSystem): string {
  const known = fileSystems.get(fs) ?? randomUUID();
  fileSystems.set(fs, known);
  return known;
}

/** Tells a folder, and a prefix below it, from every other one. */
export function placeId(basePath: string, prefix: string, fs: FileSystem | undefined): string {
  if (fs === undefined || fs === nodeFs) return `localfs:${join(realPath(basePath), prefix)}`;
  return `localfs:${fileSystemId(fs)}:${join(basePath, prefix)}`;
}
