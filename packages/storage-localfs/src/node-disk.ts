import nodeFs, {
  closeSync,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { createDisk, type Disk } from "./file-system.ts";
import { isAbsence } from "./system-error.ts";

/** How long direct calls may hold up everything else in the process. */
const maxTurnMs = 2;

// `f_type` of file systems that keep files in memory: tmpfs and ramfs (statfs(2)).
const memoryTypes = new Set([0x01021994, 0x858458f6]);

function lstatOrAbsent(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/**
 * The file system of Node. Its calls go to Node's threads, so that a slow disk holds up nothing else; but where the
 * files lie in memory, a call takes less time than the way to a thread and back, so there it is made directly.
 */
export function createNodeDisk(): Disk {
  // `realpath` of node:fs asks for each folder on the way by itself; the native one is a single call.
  const threads = createDisk({ ...nodeFs, realpath: nodeFs.realpath.native });
  let direct = false;
  let turnEndsAt = 0;

  const nextTurn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        turnEndsAt = performance.now() + maxTurnMs;
        resolve();
      });
    });
  const either =
    <Args extends readonly unknown[], Result>(
      onThread: (...args: Args) => Promise<Result>,
      directly: (...args: Args) => Result,
    ) =>
    async (...args: Args): Promise<Result> => {
      if (!direct) return onThread(...args);
      if (performance.now() > turnEndsAt) await nextTurn();
      return directly(...args);
    };

  return {
    open: either(threads.open, openSync),
    write: either(threads.write, (fd, bytes, offset) =>
      writeSync(fd, bytes, offset, bytes.byteLength - offset, offset),
    ),
    read: either(threads.read, (fd, bytes, offset) => readSync(fd, bytes, offset, bytes.byteLength - offset, offset)),
    // Nothing that lies in memory outlives a power cut.
    fsync: either(threads.fsync, () => {}),
    syncFolder: either(threads.syncFolder, () => {}),
    fstat: either(threads.fstat, (fd) => fstatSync(fd)),
    close: either(threads.close, closeSync),
    lstat: either(threads.lstat, (path) => lstatSync(path)),
    lstatAll: either(threads.lstatAll, (paths) => paths.map(lstatOrAbsent)),
    realpath: either(threads.realpath, (path) => realpathSync.native(path)),
    readdir: either(threads.readdir, (path) => readdirSync(path, { withFileTypes: true })),
    mkdir: either(threads.mkdir, mkdirSync),
    rename: either(threads.rename, renameSync),
    link: either(threads.link, linkSync),
    unlink: either(threads.unlink, unlinkSync),
    async settle(basePath) {
      try {
        const { type } = await nodeFs.promises.statfs(basePath);
        direct = memoryTypes.has(type);
      } catch {
        // Runtimes and sandboxes without this call: threads it is.
        direct = false;
      }
    },
  };
}
