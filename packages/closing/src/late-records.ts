import { isMeteringError, pageDigest, type RecordId } from "@metering/core";
import type { MeteringFile, MeteringReader } from "@metering/reader";
import { parallelMap } from "@metering/storage-kit";
import { groupByMinute, zipMinutes } from "./by-minute.ts";
import { readSources, type ClosedTables } from "./closed-tables.ts";
import type { Closing } from "./manifest.ts";
import type { Day } from "./period.ts";
import { recordKey, type Source } from "./source.ts";

/** A record of a closed day that its closings do not have as it is now. */
export interface LateRecord extends RecordId {
  /**
   * - `arrived`: it was not there, or not complete, when its day was closed.
   * - `changed`: it was overwritten since, and what was closed is its earlier content.
   */
  readonly kind: "arrived" | "changed";
  /** Whether its minute is stored in another pool or layout too, and so may be counted twice. */
  readonly duplicate: boolean;
  /** What was closed of a changed record. */
  readonly closed?: Source | undefined;
}

/** What looking for late records needs. */
export interface LateContext extends ClosedTables {
  readonly reader: MeteringReader;
  readonly concurrency: number;
  /** Whether every closed record is read to see if it was changed. */
  readonly changed: boolean;
}

type RecordFiles = readonly [MeteringFile, ...MeteringFile[]];

/** The late records of a day, in the order of a scan. A record without a part 0 is none yet. */
export async function* lateRecords(
  context: LateContext,
  closings: readonly Closing[],
  day: Day,
): AsyncGenerator<LateRecord, void, undefined> {
  const { signal } = context.options;
  const found = parallelMap(
    (stop) => storedRecords({ ...context, options: { ...context.options, signal: stop } }, closings, day),
    async ({ files, closed, duplicate }, stop): Promise<LateRecord | undefined> => {
      const [{ timestamp, category, sharedPoolId, selfId }] = files;
      const id = { timestamp, category, selfId, ...(sharedPoolId === undefined ? {} : { sharedPoolId }), duplicate };
      if (closed === undefined) return { ...id, kind: "arrived" };
      return (await isChanged(context, files, closed, stop)) ? { ...id, kind: "changed", closed } : undefined;
    },
    { concurrency: context.concurrency, signal },
  );
  for await (const late of found) if (late !== undefined) yield late;
}

interface StoredRecord {
  readonly files: RecordFiles;
  /** What was closed of it. */
  readonly closed: Source | undefined;
  readonly duplicate: boolean;
}

async function* storedRecords(
  context: LateContext,
  closings: readonly Closing[],
  { from, to }: Day,
): AsyncGenerator<StoredRecord, void, undefined> {
  const listing = context.reader.listRecords(
    { from, to },
    // Keys that are no page's were found, or allowed, when the day was closed.
    { signal: context.options.signal, onFinding: () => {} },
  );
  const stored = groupByMinute(listing, ([{ timestamp }]) => timestamp);
  for await (const { left, right } of zipMinutes(readSources(context, closings), stored)) {
    const closed = new Map(left.map((source) => [recordKey(source), source]));
    const copies = new Map<string, number>();
    for (const [file] of right) copies.set(selfKey(file), (copies.get(selfKey(file)) ?? 0) + 1);
    for (const files of right) {
      const [first] = files;
      if (first.part !== 0) continue;
      yield { files, closed: closed.get(recordKey(first)), duplicate: copies.get(selfKey(first)) !== 1 };
    }
  }
}

const selfKey = ({ category, selfId }: MeteringFile): string => `${category}/${selfId}`;

async function isChanged(
  { storage, options, changed }: LateContext,
  files: RecordFiles,
  closed: Source,
  signal: AbortSignal,
): Promise<boolean> {
  if (!changed) return false;
  // The digest of part 0 stands for the whole record, unless the Go SDK wrote it.
  const read = closed.state === "complete" ? files.slice(0, 1) : files;
  const digests: string[] = [];
  try {
    for (const { key } of read) digests.push(pageDigest(await storage.get(key, { ...options, signal })));
  } catch (error) {
    // It is being overwritten: the next look finds it.
    if (isMeteringError(error, "not-found")) return false;
    throw error;
  }
  return digests.join(" ") !== closed.digest;
}
