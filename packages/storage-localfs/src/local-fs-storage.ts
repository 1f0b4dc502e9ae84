import { constants } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import {
  MeteringError,
  type CallOptions,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type MeteringErrorCode,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
  type PutResult,
} from "@metering/core";
import { createKeyPrefix, createSemaphore, type KeyPrefix } from "@metering/storage-kit";
import { createDisk, type Disk, type FileStats } from "./file-system.ts";
import { createFolders, type Folders } from "./folders.ts";
import { parseLocalFsOptions, type LocalFsStorageOptions } from "./options.ts";
import { placeId } from "./place-id.ts";
import { publishIfAbsent } from "./publish.ts";
import { discard, isStagedName, stage } from "./staging.ts";
import { systemCode, toMeteringError, unlessAbsent } from "./system-error.ts";
import { walkFiles } from "./walk.ts";

/** Calls under way at once, each with one open file; the others wait. Far below the usual limit of 1,024 files. */
const maxCallsAtOnce = 64;

/** Where a key lies: its folder from the base, and the file's name in it. */
interface Location {
  readonly folder: string;
  readonly file: string;
}

/**
 * Keeps objects as files in a folder of the local file system: the key `a/b.json.gz` is the file `a/b.json.gz`.
 *
 * Whatever crashes, a file is there whole or not at all, and a call that succeeded survives a power cut. With `ifAbsent`
 * exactly one writer wins, also across processes. Nothing is read or written outside `basePath`: symbolic links below
 * it are not followed. A file system cannot hold both `a` and `a/b`: the later one is refused with `not-supported`.
 *
 * @example
 * ```ts
 * const storage = new LocalFsStorage({ basePath: "/var/lib/metering" });
 * await storage.put("hello", new TextEncoder().encode("world"), { ifAbsent: true });
 * ```
 */
export class LocalFsStorage implements ObjectStorage {
  /** `localfs:` and the folder that keys are relative to. */
  readonly name: string;
  readonly #placeId: () => string;
  readonly #disk: Disk;
  readonly #folders: Folders;
  readonly #keys: KeyPrefix;
  readonly #semaphore = createSemaphore(maxCallsAtOnce);
  readonly #fileMode: number;
  #closed = false;

  /** @throws `invalid-argument` where an option breaks its rule. Touches no file. */
  constructor(options: LocalFsStorageOptions) {
    const { basePath, prefix, fs, createDirs, fileMode, dirMode } = parseLocalFsOptions(options);
    const { value } = createKeyPrefix(prefix, "LocalFsStorage");
    const base = resolve(basePath);
    this.name = `localfs:${join(base, value)}`;
    this.#placeId = () => placeId(base, value, fs);
    this.#keys = createKeyPrefix(value, this.name);
    this.#fileMode = fileMode;
    this.#disk = createDisk(fs);
    this.#folders = createFolders({ disk: this.#disk, basePath: base, createDirs, dirMode, storage: this.name });
  }

  /** `localfs:` and the real path, with the links above the base folder resolved. Looks at the file system. */
  get id(): string {
    return this.#placeId();
  }

  put(key: string, body: Uint8Array, { ifAbsent = false, signal }: PutOptions = {}): Promise<PutResult> {
    return this.#call(key, signal, async (location) => {
      // Without types, a text would be taken for an empty body.
      if (!ArrayBuffer.isView(body)) this.#fail("invalid-argument", key, "The body must be a Uint8Array.");
      try {
        await this.#store(location, body, ifAbsent, signal);
      } catch (error) {
        // A job that tidies up removed the folder meanwhile: nothing was stored, so once more from the start.
        if (systemCode(error) !== "ENOENT") throw error;
        this.#folders.forget();
        await this.#store(location, body, ifAbsent, signal);
      }
      return {};
    });
  }

  get(key: string, { maxBytes = Infinity, signal }: GetOptions = {}): Promise<Uint8Array> {
    return this.#call(key, signal, async (location) => {
      const path = await this.#find(location);
      // Not to follow a link, and not to wait for a writer where somebody put a pipe.
      const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
      const fd = path === undefined ? undefined : await unlessAbsent(this.#disk.open(path, flags, 0));
      if (fd === undefined) return this.#fail("not-found", key, "There is no such object.");
      try {
        const stats = await this.#disk.fstat(fd);
        if (!stats.isFile()) return this.#fail("not-found", key, "There is no such object.");
        const size = Number(stats.size);
        if (size > maxBytes) {
          return this.#fail("too-large", key, `The object has ${size} bytes, more than maxBytes (${maxBytes}).`);
        }
        return await this.#read(fd, size, key, signal);
      } finally {
        await this.#disk.close(fd);
      }
    });
  }

  head(key: string, { signal }: CallOptions = {}): Promise<ObjectInfo | undefined> {
    return this.#call(key, signal, async (location) => {
      const path = await this.#find(location);
      const stats = path === undefined ? undefined : await unlessAbsent(this.#disk.lstat(path));
      return stats?.isFile() === true ? describe(key, stats) : undefined;
    });
  }

  delete(key: string, { signal }: CallOptions = {}): Promise<void> {
    return this.#call(key, signal, async (location) => {
      const path = await this.#find(location);
      const stats = path === undefined ? undefined : await unlessAbsent(this.#disk.lstat(path));
      if (path === undefined || stats?.isFile() !== true) return;
      await unlessAbsent(this.#disk.unlink(path));
      await unlessAbsent(this.#folders.sync(dirname(path)));
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
    const { startAfter, signal, keysOnly = false, onInvalidKey } = options;
    this.#check(signal);
    const pages = walkFiles({
      disk: this.#disk,
      folders: this.#folders,
      namePrefix: this.#keys.toNamePrefix(prefix),
      after: startAfter === undefined ? undefined : this.#keys.value + startAfter,
      keysOnly,
      onOther: (name) => onInvalidKey?.(name.slice(this.#keys.value.length)),
    });
    try {
      // A mistyped path must not look like a place without objects.
      await this.#folders.checkBase();
      for await (const page of pages) {
        for (const { name, stats } of page) {
          const key = this.#keys.toKey(name, onInvalidKey);
          if (key === undefined) continue;
          yield stats === undefined ? { key } : describe(key, stats);
          this.#check(signal);
        }
        this.#check(signal);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw toMeteringError(error, this.name);
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What all verbs but `list` have in common: the key's rules, the limit of open files, errors, aborts. */
  async #call<Result>(
    key: string,
    signal: AbortSignal | undefined,
    task: (location: Location) => Promise<Result>,
  ): Promise<Result> {
    const location = this.#locate(key);
    this.#assertOpen();
    return this.#semaphore.run(signal, async () => {
      try {
        signal?.throwIfAborted();
        return await task(location);
      } catch (error) {
        signal?.throwIfAborted();
        throw toMeteringError(error, this.name, key);
      }
    });
  }

  #locate(key: string): Location {
    const name = this.#keys.toName(key);
    const segments = name.split("/");
    if (segments.some(isStagedName)) {
      this.#fail("invalid-key", key, "Names of this kind are kept for files on their way in. Choose another key.");
    }
    if (sep === "\\" && segments.some((segment) => /[\\:*?"<>|]|[. ]$/.test(segment))) {
      this.#fail("invalid-key", key, "Windows cannot hold a file of this name. Choose another key.");
    }
    const file = segments.pop() ?? "";
    return { folder: segments.join("/"), file };
  }

  /** Path of the key's file, or `undefined` where its folder is not there. */
  async #find({ folder, file }: Location): Promise<string | undefined> {
    const path = await unlessAbsent(this.#folders.find(folder));
    return path === undefined ? undefined : `${path}${sep}${file}`;
  }

  async #store({ folder, file }: Location, body: Uint8Array, ifAbsent: boolean, signal: AbortSignal | undefined) {
    const path = await this.#folders.make(folder);
    const target = `${path}${sep}${file}`;
    const staged = await stage(this.#disk, path, body, this.#fileMode, signal);
    try {
      if (ifAbsent) await publishIfAbsent(this.#disk, staged, target);
      else await this.#disk.rename(staged, target);
    } catch (error) {
      await discard(this.#disk, staged);
      throw error;
    }
    await this.#folders.sync(path);
  }

  async #read(fd: number, size: number, key: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const body = new Uint8Array(size);
    for (let offset = 0; offset < size;) {
      signal?.throwIfAborted();
      const count = await this.#disk.read(fd, body, offset);
      if (count === 0) this.#fail("conflict", key, "The file was cut short while it was read. Repeat the call.");
      offset += count;
    }
    signal?.throwIfAborted();
    return body;
  }

  #check(signal: AbortSignal | undefined): void {
    this.#assertOpen();
    signal?.throwIfAborted();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new MeteringError("closed", `${this.name} was closed. Open a new storage.`, { storage: this.name });
  }

  #fail(code: MeteringErrorCode, key: string, message: string): never {
    throw new MeteringError(code, `${message} (${this.name}, key ${JSON.stringify(key)})`, { storage: this.name, key });
  }
}

const describe = (key: string, { size, mtime }: FileStats): ObjectInfo => ({
  key,
  size: Number(size),
  lastModified: mtime,
});
