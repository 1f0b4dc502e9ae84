import {
  compareKeys,
  MeteringError,
  parseMeteringKey,
  type ListedObject,
  type ListOptions,
  type MeteringKey,
  type ObjectInfo,
  type ObjectStorage,
} from "@metering/core";

/** A stored metering page, as its key tells: nothing of it is read yet. */
export interface MeteringFile extends MeteringKey {
  readonly key: string;
}

/** Same, with what the store tells of it. */
export interface StoredFile extends MeteringFile, ObjectInfo {}

/** A way to list metering pages. */
export interface FileSource<File extends MeteringFile> {
  readonly list: (prefix: string, options: ListOptions) => AsyncIterable<ListedObject>;
  /** What was listed, as a page, or `undefined` where its key is not one's. */
  readonly toFile: (listed: ListedObject) => File | undefined;
}

/** By their keys alone. */
export function fileKeys(storage: ObjectStorage): FileSource<MeteringFile> {
  return {
    list: (prefix, options) => storage.list(prefix, { ...options, keysOnly: true }),
    toFile: toMeteringFile,
  };
}

/** With what the store tells of each. */
export function storedFiles(storage: ObjectStorage): FileSource<StoredFile> {
  return {
    list: (prefix, options) => storage.list(prefix, options),
    toFile: toStoredFile,
  };
}

function toMeteringFile({ key }: ListedObject): MeteringFile | undefined {
  const parsed = parseMeteringKey(key);
  if (parsed === undefined) return undefined;
  // Field by field: a listing makes thousands of these, and spreading an object takes several times as long.
  const { timestamp, category, sharedPoolId, selfId, part } = parsed;
  return { key, timestamp, category, sharedPoolId, selfId, part };
}

export function toStoredFile({ key, size, etag, lastModified }: ListedObject): StoredFile | undefined {
  const parsed = parseMeteringKey(key);
  if (parsed === undefined) return undefined;
  if (size === undefined || lastModified === undefined) {
    throw new MeteringError("storage-failure", `The storage lists ${key} without its size or time. Report it.`, {
      key,
    });
  }
  return { key, size, etag, lastModified, ...parsed };
}

/** Order of the files of one minute and category: plain layout before pools, then by self id, parts as numbers. */
export function compareFiles(a: MeteringFile, b: MeteringFile): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
