import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MeteringError, parseOptions } from "@metering/core";
import { readText } from "@metering/storage-kit";
import { integer } from "@metering/schema";
import * as z from "zod/mini";
import type { CacheStats, MetadataCache } from "./metadata-cache.ts";

/** Options of {@link diskCache}. */
export interface DiskCacheOptions {
  /** Folder for the cache's files, made if missing. Processes may share one; other files in it are left alone. */
  readonly directory: string;
  /** How many bytes of files to hold at most, over all processes; those unused for longest go first. */
  readonly maxBytes: number;
  /** Forget a file that was not used for so long, in milliseconds. Default: 7 days. */
  readonly maxAgeMs?: number | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      directory: z.string("must be the path of a folder").check(z.minLength(1, "must not be empty")),
      maxBytes: integer(1, undefined, "bytes"),
      maxAgeMs: z._default(integer(1, undefined, "milliseconds"), 7 * 86_400_000),
    },
    "must be an object",
  ))();

// A cached file: a line of magic, the SHA-256 of all that follows, the length of the name, the name, the file.
const magic = Buffer.from("metering-cache-1\n");
const hashBytes = 32;
const headBytes = magic.length + hashBytes + 4;

const cachedFile = /^metering-[0-9a-f]{64}\.cached$/;
const unfinishedFile = /^metering-[0-9a-f-]{36}\.writing$/;
const abandonedAfterMs = 60 * 60_000;

/**
 * A cache on the local disk, for Node. It survives restarts. What it reads, it checks: a file that is damaged, cut short
 * or of another name counts as absent. It makes and removes only files of its own, named `metering-…`.
 *
 * @throws `invalid-argument` for an option that breaks its rule.
 */
export function diskCache(options: DiskCacheOptions): MetadataCache {
  const { directory, maxBytes, maxAgeMs } = parseOptions(optionsSchema, options, "diskCache");
  const folder = resolve(directory);
  let hits = 0;
  let misses = 0;
  let bytes = 0;
  let tidying: Promise<void> | undefined;

  const tidy = async (): Promise<void> => {
    bytes = await evict(folder, maxBytes, maxAgeMs);
  };
  // Looked through once at first use, and again whenever this process alone would have filled it.
  const tidied = async (): Promise<void> => {
    tidying ??= mkdir(folder, { recursive: true }).then(tidy);
    await tidying;
  };

  return {
    async get(name) {
      await tidied();
      const path = join(folder, fileNameOf(name));
      const file = await readCached(path, name);
      if (file === undefined) {
        misses++;
        return undefined;
      }
      hits++;
      // The time of last use, for eviction; access times are often not kept.
      await utimes(path, new Date(), new Date()).catch(ignore);
      return file;
    },
    async set(name, file) {
      await tidied();
      const content = encode(name, file);
      if (content.length > maxBytes) return;
      await writeWhole(folder, fileNameOf(name), content);
      bytes += content.length;
      if (bytes > maxBytes) {
        tidying = tidy();
        await tidying;
      }
    },
    stats: (): CacheStats => ({ hits, misses, bytes }),
  };
}

const ignore = (): void => {};

function fileNameOf(name: string): string {
  return `metering-${createHash("sha256").update(name).digest("hex")}.cached`;
}

function encode(name: string, file: Uint8Array): Buffer {
  const nameBytes = Buffer.from(name);
  const nameLength = Buffer.alloc(4);
  nameLength.writeUInt32BE(nameBytes.length);
  const hash = createHash("sha256").update(nameLength).update(nameBytes).update(file).digest();
  return Buffer.concat([magic, hash, nameLength, nameBytes, file]);
}

/** The file of a cached one, or `undefined` where it is not whole or not of that name. */
function decode(content: Buffer, name: string): Uint8Array | undefined {
  if (content.length < headBytes || !content.subarray(0, magic.length).equals(magic)) return undefined;
  const hash = content.subarray(magic.length, magic.length + hashBytes);
  const hashed = content.subarray(magic.length + hashBytes);
  if (!createHash("sha256").update(hashed).digest().equals(hash)) return undefined;
  const nameLength = hashed.readUInt32BE();
  if (hashed.subarray(4, 4 + nameLength).toString() !== name) return undefined;
  return new Uint8Array(hashed.subarray(4 + nameLength));
}

async function readCached(path: string, name: string): Promise<Uint8Array | undefined> {
  try {
    return decode(await readFile(path), name);
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): undefined {
  if (readText(error, "code") === "ENOENT") return undefined;
  throw new MeteringError("storage-failure", `The cache's folder cannot be used: ${String(error)}.`, { cause: error });
}

/** Other processes see the whole file or none, whatever happens here. */
async function writeWhole(folder: string, fileName: string, content: Buffer): Promise<void> {
  const unfinished = join(folder, `metering-${randomUUID()}.writing`);
  try {
    const handle = await open(unfinished, "wx", 0o600);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await rename(unfinished, join(folder, fileName));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new MeteringError("storage-failure", `The cache's folder cannot be used: ${String(error)}.`, {
      cause: error,
    });
  }
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly usedMs: number;
}

/** Removes what is too old, what was left unfinished, and what is too much. Gives the bytes that stay. */
async function evict(folder: string, maxBytes: number, maxAgeMs: number): Promise<number> {
  const now = Date.now();
  const entries: Entry[] = [];
  for (const fileName of await readdir(folder)) {
    const path = join(folder, fileName);
    const kept = cachedFile.test(fileName);
    if (!kept && !unfinishedFile.test(fileName)) continue;
    const info = await stat(path).catch(() => undefined);
    // Another process may have removed it meanwhile.
    if (info === undefined || !info.isFile()) continue;
    if (now - info.mtimeMs > (kept ? maxAgeMs : abandonedAfterMs)) await rm(path, { force: true });
    else if (kept) entries.push({ path, size: info.size, usedMs: info.mtimeMs });
  }
  let bytes = entries.reduce((sum, { size }) => sum + size, 0);
  // A little more than necessary, so that not every further file starts this again.
  const enough = bytes > maxBytes ? maxBytes * 0.9 : maxBytes;
  for (const { path, size } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (bytes <= enough) break;
    await rm(path, { force: true });
    bytes -= size;
  }
  return bytes;
}
