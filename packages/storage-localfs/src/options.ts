import { parseOptions } from "@metering/core";
import { integer, methods } from "@metering/schema";
import * as z from "zod/mini";
import type { FileSystem } from "./file-system.ts";

/** Options of {@link LocalFsStorage}. */
export interface LocalFsStorageOptions {
  /** Folder that all objects lie in. A relative path counts from the working directory at construction. */
  readonly basePath: string;
  /** Where in that folder all keys lie; `a/b` and `a/b/` mean the same. Default: directly in the folder. */
  readonly prefix?: string | undefined;
  /** Make folders that are missing, the base folder included. Default: true. */
  readonly createDirs?: boolean | undefined;
  /** Permissions of new files, less the process's umask. Default: 0o644. */
  readonly fileMode?: number | undefined;
  /** Permissions of new folders, less the process's umask. Default: 0o755. */
  readonly dirMode?: number | undefined;
  /** The file system: `node:fs`, or one like it, such as memfs's `fs`. Default: `node:fs`. */
  readonly fs?: FileSystem | undefined;
}

const calls = [
  "open",
  "write",
  "read",
  "fsync",
  "fstat",
  "close",
  "lstat",
  "realpath",
  "readdir",
  "mkdir",
  "rename",
  "link",
  "unlink",
] as const satisfies readonly (keyof FileSystem)[];

const schema = /* @__PURE__ */ (() =>
  z.strictObject({
    basePath: z.string("must be the path of a folder").check(
      z.minLength(1, "must not be empty"),
      z.refine((path) => !path.includes("\0"), "must hold no NUL character"),
    ),
    prefix: z.optional(z.string("must be a text such as team/usage")),
    createDirs: z.optional(z.boolean("must be true or false")),
    fileMode: z.optional(integer(0, 0o7777)),
    dirMode: z.optional(integer(0, 0o7777)),
    fs: z.optional(methods<FileSystem>(calls, `must be node:fs or have its ${calls.join(", ")}`)),
  }))();

/** The options with their defaults; `invalid-argument` where one breaks its rule. */
export function parseLocalFsOptions(options: LocalFsStorageOptions) {
  const parsed = parseOptions(schema, options, "LocalFsStorage");
  const { basePath, prefix, createDirs = true, fileMode = 0o644, dirMode = 0o755, fs } = parsed;
  return { basePath, prefix, createDirs, fileMode, dirMode, fs };
}
