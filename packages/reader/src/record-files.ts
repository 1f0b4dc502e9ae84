import { MeteringError, meteringKeyPrefix, type ObjectStorage, type RecordId } from "@metering/core";
import { compareFiles, toStoredFile, type MeteringFile, type StoredFile } from "./metering-file.ts";

/** The stored pages of one record, in order of their parts. */
export type RecordFiles<File extends MeteringFile = StoredFile> = readonly [File, ...File[]];

/** Cuts sorted files into those of each record. */
export function groupByRecord<File extends MeteringFile>(files: readonly File[]): readonly RecordFiles<File>[] {
  const records: [File, ...File[]][] = [];
  for (const file of files) {
    const last = records.at(-1);
    if (last !== undefined && isSameRecord(last[0], file)) last.push(file);
    else records.push([file]);
  }
  return records;
}

/** Whether two files or ids are of one record. */
export function isSameRecord(a: RecordId, b: RecordId): boolean {
  return (
    a.timestamp === b.timestamp &&
    a.category === b.category &&
    a.sharedPoolId === b.sharedPoolId &&
    a.selfId === b.selfId
  );
}

/** Whether part 0 is there and no part is missing up to the last one. */
export function hasAllParts(files: RecordFiles): boolean {
  return files.every(({ part }, index) => part === index);
}

// A store's clock and ours may differ by this much.
const clockSkewMs = 5 * 60_000;

/**
 * Whether a listing begun at `listedAt` may have missed pages of a record of which it has part 0. Part 0 is stored last:
 * a listing that began after that has all pages, one that was under way at that moment need not.
 */
export function mayMissParts([first]: RecordFiles, listedAt: Date): boolean {
  return first.part === 0 && first.lastModified.getTime() > listedAt.getTime() - clockSkewMs;
}

/** All stored pages of one record, or `undefined` where there are none. None is missed where part 0 is among them. */
export async function listRecord(
  storage: ObjectStorage,
  id: RecordId,
  signal: AbortSignal | undefined,
): Promise<RecordFiles | undefined> {
  const listedAt = new Date();
  const files = await listRecordOnce(storage, id, signal);
  if (files === undefined || !mayMissParts(files, listedAt)) return files;
  return listRecordOnce(storage, id, signal);
}

async function listRecordOnce(
  storage: ObjectStorage,
  id: RecordId,
  signal: AbortSignal | undefined,
): Promise<RecordFiles | undefined> {
  const files: StoredFile[] = [];
  for await (const info of storage.list(meteringKeyPrefix(id), { signal })) {
    const file = toStoredFile(info);
    if (file !== undefined && isSameRecord(file, id)) files.push(file);
  }
  return groupByRecord(files.sort(compareFiles))[0];
}

export function incompleteRecord([first]: RecordFiles, storage: ObjectStorage, problem: string): MeteringError {
  return new MeteringError(
    "incomplete-record",
    `The record of ${first.key} is not complete: ${problem}. It is being written, or its writer was interrupted and has to write it again.`,
    { key: first.key, storage: storage.name },
  );
}
