import type { Logger, MeteringElement, MeteringPage } from "@metering/core";
import { observeItems, parallelMap, type Observer, type ResultOrder } from "@metering/storage-kit";
import { assembleRecord, isIncomplete, type PageResult, type ReadRecord } from "./assemble-record.ts";
import { createFindings, isFinding, type Findings, type OnFinding } from "./findings.ts";
import { listPages, type ScanRange } from "./list-pages.ts";
import type { MeteringFile } from "./metering-file.ts";
import { readPage, type ReadContext } from "./read-page.ts";
import { awaitRecord } from "./read-record.ts";
import { groupByRecord, separateDuplicates, type RecordFiles } from "./record-files.ts";

/** What to do about an incomplete record: stop with `incomplete-record`, leave it out, or wait until it is complete. */
export type Incomplete = "fail" | "skip" | "wait";

/** How a scan reads. */
export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** How many pages are downloaded and decoded at once, from 1 to 256. Default: the reader's. */
  readonly concurrency?: number | undefined;
  /** What to do about incomplete records. Default: `fail`. */
  readonly incomplete?: Incomplete | undefined;
  /** Told of everything that is left out. Default: the scan stops at the first finding. */
  readonly onFinding?: OnFinding | undefined;
  /**
   * What to do about a component's minute that is stored in several pools or layouts: give it once for each, or report
   * each as `duplicate-record`. Default: `include`.
   */
  readonly duplicates?: "include" | "fail" | undefined;
  /** `stable`: in the order of {@link Scan}. `arrival`: as soon as each is read. Default: `stable`. */
  readonly order?: ResultOrder | undefined;
}

/** One element with the record it belongs to. */
export interface ScanEntry {
  readonly element: MeteringElement;
  readonly record: ReadRecord;
}

/**
 * The complete records in a range of minutes, read as they are consumed. The order is stable: by timestamp, then by
 * category as the storage lists them (by the bytes of `category/`), plain layout before pools, pools and self ids by
 * their bytes. Each iteration reads anew. Leaving a loop ends all requests.
 *
 * @example
 * ```ts
 * const scan = new MeteringReader(storage).scan({ from: 1755849600, to: 1755853200 }, { incomplete: "skip" });
 * for await (const record of scan) console.log(record.selfId, record.data.length);
 * if (scan.skipped > 0) console.warn(`${scan.skipped} records or files were left out`);
 * ```
 */
export interface Scan extends AsyncIterable<ReadRecord> {
  /** Every element of the complete records. The Go SDK's nil elements are left out. */
  entries(): AsyncIterable<ScanEntry>;
  /**
   * Single pages as they are stored, complete records or not: for tools that inspect a bucket, not for billing. Parts of
   * a record are in numeric order.
   */
  storedPages(): AsyncIterable<MeteringPage>;
  /** How many files and records the iterations of this scan have left out so far. */
  readonly skipped: number;
}

/** What a scan needs. */
export interface ScanContext extends ReadContext {
  readonly logger: Logger;
  readonly observer: Observer | undefined;
  readonly range: ScanRange;
  readonly concurrency: number;
  readonly incomplete: Incomplete;
  readonly duplicates: "include" | "fail";
  readonly order: ResultOrder;
  readonly signal: AbortSignal | undefined;
  readonly onFinding: OnFinding | undefined;
}

export function createScan(context: ScanContext): Scan {
  const findings = createFindings(context.onFinding, context);
  const records = (): AsyncIterable<ReadRecord> => {
    const read = { records: 0, elements: 0 };
    return observeItems(
      context.observer,
      { name: "scan", storage: context.storage.name },
      () => scanRecords(context, findings),
      (record) => {
        if (record === undefined) return read;
        read.records++;
        read.elements += record.data.length;
        return read;
      },
    );
  };
  return {
    [Symbol.asyncIterator]: () => records()[Symbol.asyncIterator](),
    entries: () => elementsOf(records()),
    storedPages: () => scanPages(context, findings),
    get skipped() {
      return findings.count;
    },
  };
}

async function* elementsOf(records: AsyncIterable<ReadRecord>): AsyncGenerator<ScanEntry, void, undefined> {
  for await (const record of records) {
    for (const element of record.data) if (element !== null) yield { element, record };
  }
}

async function* scanPages(context: ScanContext, findings: Findings): AsyncGenerator<MeteringPage, void, undefined> {
  const pages = parallelMap(
    async function* (stop) {
      for await (const files of listRecords(context, findings, stop)) yield* files;
    },
    async ({ key }, stop) => {
      try {
        return (await readPage(context, key, stop)).page;
      } catch (error) {
        findings.report(error);
        return undefined;
      }
    },
    context,
  );
  for await (const page of pages) if (page !== undefined) yield page;
}

/** A record whose pages are being read. */
interface OpenRecord {
  readonly files: RecordFiles;
  readonly results: Map<number, PageResult>;
  /** How many pages have not arrived. */
  awaited: number;
}

async function* scanRecords(context: ScanContext, findings: Findings): AsyncGenerator<ReadRecord, void, undefined> {
  const pages = parallelMap(
    (stop) => listRecordPages(context, findings, stop),
    async ({ record, file }, stop) => {
      if (file !== undefined) record.results.set(file.part, await readResult(context, file, stop));
      return record;
    },
    context,
  );
  for await (const record of pages) {
    if (--record.awaited > 0) continue;
    const { files, results } = record;
    try {
      yield assembleRecord(firstKeyOf(files), results, context.storage.name);
    } catch (error) {
      if (!isIncomplete(error) || context.incomplete === "fail") findings.report(error);
      else if (context.incomplete === "skip") findings.skip(error);
      else yield await awaitRecord(files[0], context);
    }
  }
}

/** Every page of every record. Of a record without part 0 nothing is read. */
async function* listRecordPages(
  context: ScanContext,
  findings: Findings,
  signal: AbortSignal,
): AsyncGenerator<{ readonly record: OpenRecord; readonly file: MeteringFile | undefined }, void, undefined> {
  for await (const files of listRecords(context, findings, signal)) {
    const isRead = files[0].part === 0;
    const record: OpenRecord = { files, results: new Map(), awaited: isRead ? files.length : 1 };
    if (!isRead) yield { record, file: undefined };
    else for (const file of files) yield { record, file };
  }
}

/** Errors about the page are kept: whether they matter depends on part 0, which may not name it. */
async function readResult(context: ScanContext, { key }: MeteringFile, signal: AbortSignal): Promise<PageResult> {
  try {
    return await readPage(context, key, signal);
  } catch (error) {
    if (!isFinding(error)) throw error;
    return { error };
  }
}

async function* listRecords(
  context: ScanContext,
  findings: Findings,
  signal: AbortSignal,
): AsyncGenerator<RecordFiles, void, undefined> {
  for await (const files of listPages({ ...context, findings }, signal)) {
    const records = groupByRecord(files);
    if (context.duplicates === "include") {
      yield* records;
      continue;
    }
    const { single, duplicates } = separateDuplicates(records, context.storage.name);
    for (const duplicate of duplicates) findings.report(duplicate);
    yield* single;
  }
}

function firstKeyOf([{ key, part }]: RecordFiles): string {
  return part === 0 ? key : key.replace(/\d+\.json\.gz$/, "0.json.gz");
}
