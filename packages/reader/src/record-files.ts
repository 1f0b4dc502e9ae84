import { MeteringError, type RecordId } from "@metering/core";
import type { MeteringFile } from "./metering-file.ts";

/** The stored pages of one record, by part. The first may be another than part 0. */
export type RecordFiles = readonly [MeteringFile, ...MeteringFile[]];

/** Groups sorted files by record. */
export function groupByRecord(files: readonly MeteringFile[]): readonly RecordFiles[] {
  const records: [MeteringFile, ...MeteringFile[]][] = [];
  for (const file of files) {
    const last = records.at(-1);
    if (last !== undefined && isSameRecord(last[0], file)) last.push(file);
    else records.push([file]);
  }
  return records;
}

export function isSameRecord(a: RecordId, b: RecordId): boolean {
  return (
    a.timestamp === b.timestamp &&
    a.category === b.category &&
    a.sharedPoolId === b.sharedPoolId &&
    a.selfId === b.selfId
  );
}

/**
 * Splits the records of one minute and category into those of components that are there once, and one finding for each
 * component that is there in several pools or layouts.
 */
export function separateDuplicates(
  records: readonly RecordFiles[],
  storage: string,
): { readonly single: readonly RecordFiles[]; readonly duplicates: readonly MeteringError[] } {
  const bySelfId = new Map<string, RecordFiles[]>();
  for (const record of records) {
    const copies = bySelfId.get(record[0].selfId);
    if (copies === undefined) bySelfId.set(record[0].selfId, [record]);
    else copies.push(record);
  }
  const single: RecordFiles[] = [];
  const duplicates: MeteringError[] = [];
  for (const copies of bySelfId.values()) {
    const [only, ...others] = copies;
    if (only !== undefined && others.length === 0) single.push(only);
    else for (const copy of copies) duplicates.push(duplicate(copy, copies, storage));
  }
  return { single, duplicates };
}

function duplicate([{ key }]: RecordFiles, copies: readonly RecordFiles[], storage: string): MeteringError {
  const keys = copies.map(([file]) => file.key).join(", ");
  return new MeteringError(
    "duplicate-record",
    `One component's minute is stored in several places: ${keys}. Find out which one counts.`,
    { key, storage },
  );
}
