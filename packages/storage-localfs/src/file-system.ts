import nodeFs from "node:fs";

type Done<Result = void> = (error?: Error | null, result?: Result) => void;

// The types allow for what memfs's types say it may answer; a bigint or a Buffer comes only where it was asked for.

/** What is asked about a file. */
export interface FileStats {
  isFile(): boolean;
  isDirectory(): boolean;
  readonly size: number | bigint;
  readonly nlink: number | bigint;
  readonly mtime: Date;
}

/** What is asked about an entry of a folder. */
export interface FolderEntry {
  readonly name: string | Buffer;
  isFile(): boolean;
  isDirectory(): boolean;
}

/**
 * The part of `node:fs` that {@link LocalFsStorage} works with, so that another file system, such as memfs's `fs`, can
 * stand in for it. Callbacks, because they cost half of what `node:fs/promises` does.
 */
export interface FileSystem {
  open(this: void, path: string, flags: number, mode: number, done: Done<number>): void;
  write(
    this: void,
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
    done: Done<number>,
  ): void;
  read(
    this: void,
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
    done: Done<number>,
  ): void;
  fsync(this: void, fd: number, done: Done): void;
  fstat(this: void, fd: number, done: Done<FileStats>): void;
  close(this: void, fd: number, done: Done): void;
  lstat(this: void, path: string, done: Done<FileStats>): void;
  realpath(this: void, path: string, done: Done<string | Buffer>): void;
  readdir(
    this: void,
    path: string,
    options: { withFileTypes: true },
    done: Done<readonly (FolderEntry | string | Buffer)[]>,
  ): void;
  mkdir(this: void, path: string, options: { mode: number; recursive: boolean }, done: Done<string | undefined>): void;
  rename(this: void, from: string, to: string, done: Done): void;
  link(this: void, from: string, to: string, done: Done): void;
  unlink(this: void, path: string, done: Done): void;
}

/** The same calls as promises. */
export interface Disk {
  readonly open: (path: string, flags: number, mode: number) => Promise<number>;
  readonly write: (fd: number, bytes: Uint8Array, offset: number) => Promise<number>;
  readonly read: (fd: number, bytes: Uint8Array, offset: number) => Promise<number>;
  readonly fsync: (fd: number) => Promise<void>;
  readonly fstat: (fd: number) => Promise<FileStats>;
  readonly close: (fd: number) => Promise<void>;
  readonly lstat: (path: string) => Promise<FileStats>;
  readonly realpath: (path: string) => Promise<string>;
  readonly readdir: (path: string) => Promise<FolderEntry[]>;
  /** Gives the first folder that was made, where all above were to be made too. */
  readonly mkdir: (
    path: string,
    options: { readonly mode: number; readonly recursive: boolean },
  ) => Promise<string | undefined>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly link: (from: string, to: string) => Promise<void>;
  readonly unlink: (path: string) => Promise<void>;
}

// `realpath` of node:fs asks for each folder on the way by itself; the native one is a single call.
const nodeFileSystem: FileSystem = { ...nodeFs, realpath: nodeFs.realpath.native };

/** Turns the callbacks into promises. */
export function createDisk(fs: FileSystem = nodeFileSystem): Disk {
  const promised =
    <Args extends readonly unknown[], Result>(call: (...args: [...Args, Done<Result>]) => void) =>
    (...args: Args): Promise<Result> =>
      new Promise((resolve, reject) => {
        const done: Done<Result> = (error, result) => {
          if (error) reject(error);
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a call without an error has its result
          else resolve(result as Result);
        };
        call(...args, done);
      });
  const write = promised(fs.write);
  const read = promised(fs.read);
  const realpath = promised(fs.realpath);
  const readdir = promised(fs.readdir);
  return {
    open: promised(fs.open),
    write: (fd, bytes, offset) => write(fd, bytes, offset, bytes.byteLength - offset, offset),
    read: (fd, bytes, offset) => read(fd, bytes, offset, bytes.byteLength - offset, offset),
    fsync: promised(fs.fsync),
    fstat: promised(fs.fstat),
    close: promised(fs.close),
    lstat: promised(fs.lstat),
    realpath: async (path) => String(await realpath(path)),
    readdir: async (path) => {
      const entries = await readdir(path, { withFileTypes: true });
      return entries.filter((entry) => typeof entry !== "string" && "isFile" in entry);
    },
    mkdir: promised(fs.mkdir),
    rename: promised(fs.rename),
    link: promised(fs.link),
    unlink: promised(fs.unlink),
  };
}
