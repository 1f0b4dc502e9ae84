import {
  isMeteringError,
  MeteringError,
  type Logger,
  type MeteringElement,
  type MeteringPage,
  type ObjectStorage,
} from "@metering/core";
import { parallelMap, type ResultOrder } from "@metering/storage-kit";
import { report, type OnDamaged } from "./damage.ts";
import { listRange, type ScanRange } from "./list-range.ts";
import { fileKeys, storedFiles, type FileSource, type MeteringFile, type StoredFile } from "./metering-file.ts";
import { readPage, type PageFile } from "./read-page.ts";
import { assembleRecord, awaitRecord, missingPart, type ReadRecord } from "./read-record.ts";
import { groupByRecord, hasAllParts, incompleteRecord, mayMissParts, type RecordFiles } from "./record-files.ts";

/** How a scan reads. */
export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many pages are downloaded and decoded at once. Default: the reader's. */
  readonly concurrency?: number | undefined;
  /** Takes the error of a file that cannot be used, and the scan goes on without it. Default: the scan stops with it. */
  readonly onDamaged?: OnDamaged | undefined;
  /**
   * Treat the minute of one component that stands in more than one pool or layout as damaged (`duplicate-record`),
   * instead of giving it as many times as it stands there. Default: false.
   */
  readonly strict?: boolean | undefined;
  /**
   * `stable`: in the order that {@link Scan} tells. `arrival`: each page as soon as it is there, so that none waits for
   * one that takes longer; for sums, say. Records always come in the stable order. Default: `stable`.
   */
  readonly order?: ResultOrder | undefined;
}

/** One element with the page it is of. */
export interface ScanEntry {
  readonly element: MeteringElement;
  readonly page: MeteringPage;
}

/** What to do about a record that is not complete: stop with `incomplete-record`, leave it out, or wait for it. */
export type Incomplete = "fail" | "skip" | "wait";

/**
 * Pages of a range of minutes, read as they are consumed. The order is stable: by timestamp, then by category as the
 * storage lists them (bytes of `category/`), plain layout before pools, pools and self ids by their bytes, parts as
 * numbers. It can be iterated several times; each time reads anew. Leaving a loop ends all requests.
 */
export interface Scan extends AsyncIterable<MeteringPage> {
  /** Element by element; the Go SDK's nil elements are left out. */
  entries(): AsyncIterable<ScanEntry>;
  /** Record by record, each whole. A record that is being written is never given as complete. */
  records(options?: { readonly incomplete?: Incomplete | undefined }): AsyncIterable<ReadRecord>;
}

/** What a scan runs on. */
export interface ScanContext {
  readonly storage: ObjectStorage;
  readonly logger: Logger;
  readonly maxBytes: number;
  readonly range: ScanRange;
  readonly concurrency: number;
  readonly strict: boolean;
  readonly order: ResultOrder;
  readonly signal: AbortSignal | undefined;
  readonly onDamaged: OnDamaged | undefined;
}

export function createScan(context: ScanContext): Scan {
  return {
    [Symbol.asyncIterator]: () => scanPages(context),
    entries: () => scanEntries(context),
    records: ({ incomplete = "fail" } = {}) => scanRecords(context, incomplete),
  };
}

async function* scanPages(context: ScanContext): AsyncGenerator<MeteringPage, void, undefined> {
  const { storage, maxBytes, concurrency, signal, onDamaged, order } = context;
  const pages = parallelMap(
    async function* (stop) {
      for await (const records of listRecords(fileKeys(storage), context, stop))
        for (const files of records) yield* files;
    },
    (file, stop) => unlessDamaged(() => readPage(storage, file.key, maxBytes, stop), onDamaged),
    { concurrency, signal, order },
  );
  for await (const file of pages) if (file !== undefined) yield file.page;
}

async function* scanEntries(context: ScanContext): AsyncGenerator<ScanEntry, void, undefined> {
  for await (const page of scanPages(context)) {
    for (const element of page.data) if (element !== null) yield { element, page };
  }
}

/** A page on its way into its record; the record's files come with its first page, and without one if incomplete. */
interface RecordPage {
  readonly files: RecordFiles;
  readonly file: StoredFile | undefined;
}

async function* scanRecords(context: ScanContext, incomplete: Incomplete): AsyncGenerator<ReadRecord, void, undefined> {
  const { storage, maxBytes, concurrency, signal, onDamaged, logger } = context;
  const pages = parallelMap(
    (stop) => listRecordPages(context, stop),
    async ({ files, file }, stop) => ({
      files,
      page: file && (await unlessDamaged(() => readPage(storage, file.key, maxBytes, stop), onDamaged)),
      last: file === undefined || file === files.at(-1),
    }),
    { concurrency, signal },
  );
  let read: PageFile[] = [];
  for await (const { files, page, last } of pages) {
    if (page !== undefined) read.push(page);
    if (!last) continue;
    const record = read;
    read = [];
    try {
      if (!hasAllParts(files)) throw incompleteRecord(files, storage, missingPart(files));
      // A damaged page was reported when it was read, and takes its whole record with it.
      if (record.length === files.length) yield await assembleRecord(files, record, context);
    } catch (error) {
      if (!isMeteringError(error, "incomplete-record")) throw error;
      if (incomplete === "wait") yield await awaitRecord(files[0], context);
      else if (incomplete === "skip") logger.warn(error.message);
      else report(error, onDamaged);
    }
  }
}

async function* listRecordPages(
  context: ScanContext,
  signal: AbortSignal,
): AsyncGenerator<RecordPage, void, undefined> {
  const listedAt = new Date();
  for await (const listed of listRecords(storedFiles(context.storage), context, signal)) {
    const records = listed.some((files) => mayMissParts(files, listedAt))
      ? await listAgain(listed, context, signal)
      : listed;
    for (const files of records) {
      if (!hasAllParts(files)) yield { files, file: undefined };
      else for (const file of files) yield { files, file };
    }
  }
}

/** The files that are there now of the records listed before: all of them, for each that had its part 0 then. */
async function listAgain(
  listed: readonly RecordFiles[],
  { storage, range, logger }: ScanContext,
  signal: AbortSignal,
): Promise<readonly RecordFiles[]> {
  const first = listed[0]?.[0];
  if (first === undefined) return listed;
  const { timestamp, category } = first;
  const minute = { ...range, from: timestamp, to: timestamp + 60, category };
  const now = new Map<string, RecordFiles>();
  for await (const group of listRange(storedFiles(storage), minute, logger, { signal })) {
    for (const files of groupByRecord(group)) now.set(files[0].key, files);
  }
  return listed.map((files) => (files[0].part === 0 ? (now.get(files[0].key) ?? files) : files));
}

/** The records of each minute and category, in order. */
async function* listRecords<File extends MeteringFile>(
  source: FileSource<File>,
  { storage, range, logger, strict, onDamaged }: ScanContext,
  signal: AbortSignal,
): AsyncGenerator<readonly RecordFiles<File>[], void, undefined> {
  for await (const files of listRange(source, range, logger, { signal })) {
    const records = groupByRecord(files);
    yield strict ? withoutDuplicates(records, storage, onDamaged) : records;
  }
}

function withoutDuplicates<File extends MeteringFile>(
  records: readonly RecordFiles<File>[],
  storage: ObjectStorage,
  onDamaged: OnDamaged | undefined,
): readonly RecordFiles<File>[] {
  const keysBySelfId = new Map<string, string[]>();
  for (const [{ selfId, key }] of records) keysBySelfId.set(selfId, [...(keysBySelfId.get(selfId) ?? []), key]);
  return records.filter(([{ key, selfId }]) => {
    const copies = keysBySelfId.get(selfId) ?? [];
    if (copies.length === 1) return true;
    const keys = copies.join(", ");
    report(
      new MeteringError(
        "duplicate-record",
        `One component's minute stands in several places: ${keys}. Find out which one counts.`,
        {
          key,
          storage: storage.name,
        },
      ),
      onDamaged,
    );
    return false;
  });
}

async function unlessDamaged<Result>(
  read: () => Promise<Result>,
  onDamaged: OnDamaged | undefined,
): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    report(error, onDamaged);
    return undefined;
  }
}
