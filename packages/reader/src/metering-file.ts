import {
  compareKeys,
  listKeys,
  parseMeteringKey,
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
export interface FileSource<Listed, File extends MeteringFile> {
  readonly list: (prefix: string, options: ListOptions) => AsyncIterable<Listed>;
  readonly keyOf: (listed: Listed) => string;
  /** What was listed, as a page, or `undefined` where its key is not one's. */
  readonly toFile: (listed: Listed) => File | undefined;
}

/** By their keys alone. */
export function fileKeys(storage: ObjectStorage): FileSource<string, MeteringFile> {
  return {
    list: (prefix, options) => listKeys(storage, prefix, options),
    keyOf: (key) => key,
    toFile: toMeteringFile,
  };
}

/** With what the store tells of each. */
export function storedFiles(storage: ObjectStorage): FileSource<ObjectInfo, StoredFile> {
  return {
    list: (prefix, options) => storage.list(prefix, options),
    keyOf: ({ key }) => key,
    toFile: toStoredFile,
  };
}

function toMeteringFile(key: string): MeteringFile | undefined {
  const parsed = parseMeteringKey(key);
  if (parsed === undefined) return undefined;
  // Field by field: a listing makes thousands of these, and spreading an object takes several times as long.
  const { timestamp, category, sharedPoolId, selfId, part } = parsed;
  return { key, timestamp, category, sharedPoolId, selfId, part };
}

export function toStoredFile(info: ObjectInfo): StoredFile | undefined {
  const parsed = parseMeteringKey(info.key);
  return parsed && { ...info, ...parsed };
}

/** Order of the files of one minute and category: plain layout before pools, then by self id, parts as numbers. */
export function compareFiles(a: MeteringFile, b: MeteringFile): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
