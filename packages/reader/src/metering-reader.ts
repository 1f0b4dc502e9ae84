import {
  defaultMaxDecompressedBytes,
  loggerProblem,
  MeteringError,
  parseMeteringKey,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type MeteringKey,
  type MeteringPage,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { observe, observerProblem, parallelMap, type Observer } from "@metering/storage-kit";
import { ruled } from "@metering/schema";
import * as z from "zod/mini";
import type { ReadRecord } from "./assemble-record.ts";
import { createFindings, type Findings, type OnFinding } from "./findings.ts";
import { listPages, type ScanRange } from "./list-pages.ts";
import type { MeteringFile } from "./metering-file.ts";
import { concurrencySchema, incompleteSchema, bytesSchema, minuteRangeSchema, scanOptionsSchema } from "./options.ts";
import { readPage, type ReadContext } from "./read-page.ts";
import { groupByRecord, type RecordFiles } from "./record-files.ts";
import { awaitRecord, readRecord } from "./read-record.ts";
import { createScan, type Scan, type ScanOptions } from "./scan.ts";

/** How a {@link MeteringReader} reads. */
export interface MeteringReaderOptions {
  /** How many files are downloaded and decoded at once, from 1 to 256. Default: 8. */
  readonly concurrency?: number | undefined;
  /** Refuse a file with more decompressed bytes (`too-large`). Default: 268,435,456. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Sees what is read, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
  /** Told of everything that is left out (`warn`). Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      concurrency: z._default(concurrencySchema, 8),
      maxDecompressedBytes: z._default(bytesSchema, defaultMaxDecompressedBytes),
      observer: z.optional(ruled<Observer>(observerProblem)),
      logger: z.optional(ruled<Logger>(loggerProblem)),
    },
    "must be an object",
  ))();

/** The stored pages of one minute. */
export interface TimestampFiles {
  readonly timestamp: number;
  /** By category. Within one, plain layout before pools, then by self id, parts in numeric order. */
  readonly files: ReadonlyMap<string, readonly MeteringFile[]>;
}

/** How files are listed. */
export interface ListFilesOptions extends CallOptions {
  /** Told of every key that is not that of a metering page. Default: listing stops at the first. */
  readonly onFinding?: OnFinding | undefined;
}

/** How several files are read. */
export interface ReadFilesOptions extends CallOptions {
  /** How many files are downloaded and decoded at once. Default: the reader's. */
  readonly concurrency?: number | undefined;
  /** Told of every file that cannot be used. Default: reading stops at the first. */
  readonly onFinding?: OnFinding | undefined;
}

/** How one record is read. */
export interface ReadRecordOptions extends CallOptions {
  /** What to do if the record is incomplete or missing: reject, or wait until it is complete. Default: `fail`. */
  readonly incomplete?: "fail" | "wait" | undefined;
}

/**
 * Reads metering records from a storage, in both layouts.
 *
 * @example
 * ```ts
 * const reader = new MeteringReader(storage);
 * for await (const record of reader.scan({ from: 1755850320, to: 1755853920 })) console.log(record.data.length);
 * ```
 */
export class MeteringReader {
  readonly #context: ReadContext;
  readonly #concurrency: number;
  readonly #logger: Logger;
  readonly #observer: Observer | undefined;

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MeteringReaderOptions = {}) {
    const parsed = parseOptions(optionsSchema, options, "MeteringReader");
    const { concurrency, maxDecompressedBytes, observer, logger } = parsed;
    this.#context = { storage, maxBytes: maxDecompressedBytes };
    this.#concurrency = concurrency;
    this.#logger = logger ?? silentLogger;
    this.#observer = observer;
  }

  /**
   * Every stored page of one minute, whether its record is complete or not.
   *
   * @throws `unknown-key` for a key that is not that of a metering page, unless `onFinding` is given.
   */
  async listFilesByTimestamp(timestamp: number, options: ListFilesOptions = {}): Promise<TimestampFiles> {
    return { timestamp, files: await this.#filesByCategory({ from: timestamp, to: timestamp + 60 }, options) };
  }

  /** Categories that have pages in one minute. Throws as `listFilesByTimestamp`. */
  async getCategories(timestamp: number, options: ListFilesOptions = {}): Promise<readonly string[]> {
    return [...(await this.listFilesByTimestamp(timestamp, options)).files.keys()];
  }

  /** Pages of one category in one minute. Throws as `listFilesByTimestamp`. */
  async getFilesByCategory(
    timestamp: number,
    category: string,
    options: ListFilesOptions = {},
  ): Promise<readonly MeteringFile[]> {
    const files = await this.#filesByCategory({ from: timestamp, to: timestamp + 60, category }, options);
    return files.get(category) ?? [];
  }

  /**
   * The stored pages of each record in a range, whether it is complete or not. Nothing is downloaded. The order is that of
   * a {@link Scan}, and each iteration lists anew.
   *
   * @throws `invalid-argument` for an invalid range; when iterated, as `listFilesByTimestamp`.
   */
  listRecords(range: ScanRange, options: ListFilesOptions = {}): AsyncIterable<RecordFiles> {
    const parsed = parseOptions(minuteRangeSchema, range, "a listing");
    return { [Symbol.asyncIterator]: () => this.#listRecords(parsed, options) };
  }

  async *#listRecords(
    range: ScanRange,
    { signal, onFinding }: ListFilesOptions,
  ): AsyncGenerator<RecordFiles, void, undefined> {
    const findings = this.#findings(onFinding);
    const pages = listPages({ storage: this.#context.storage, range, findings }, signal);
    for await (const group of pages) yield* groupByRecord(group);
  }

  #findings(onFinding: OnFinding | undefined): Findings {
    const { storage } = this.#context;
    return createFindings(onFinding, { storage, logger: this.#logger, observer: this.#observer });
  }

  async #filesByCategory(
    range: ScanRange,
    { signal, onFinding }: ListFilesOptions,
  ): Promise<ReadonlyMap<string, readonly MeteringFile[]>> {
    parseOptions(minuteRangeSchema, range, "a listing");
    const findings = this.#findings(onFinding);
    const groups = new Map<string, readonly MeteringFile[]>();
    for await (const group of listPages({ storage: this.#context.storage, range, findings }, signal)) {
      groups.set(group[0].category, group);
    }
    return groups;
  }

  /**
   * What the key of a page says.
   *
   * @throws `invalid-argument` if it is not the key of a page.
   */
  getFileInfo(key: string): MeteringKey {
    const info = parseMeteringKey(key);
    if (info !== undefined) return info;
    throw new MeteringError("invalid-argument", `${JSON.stringify(key)} is not the key of a metering page.`, { key });
  }

  /**
   * One page as it is stored, whether its record is complete or not.
   *
   * @throws `not-found`; `truncated-file`, `invalid-format`, `key-mismatch` or `too-large` if the file cannot be used; the
   *   storage's errors; the signal's reason.
   */
  async readFile(key: string, { signal }: CallOptions = {}): Promise<MeteringPage> {
    signal?.throwIfAborted();
    this.getFileInfo(key);
    return (await readPage(this.#context, key, signal)).page;
  }

  /** Several pages in the order of the given keys. Later ones are read while earlier ones are consumed. */
  async *readFiles(
    keys: Iterable<string> | AsyncIterable<string>,
    { signal, concurrency = this.#concurrency, onFinding }: ReadFilesOptions = {},
  ): AsyncGenerator<MeteringPage, void, undefined> {
    const findings = this.#findings(onFinding);
    const pages = parallelMap(
      async function* () {
        yield* keys;
      },
      async (key, stop) => {
        try {
          return await this.readFile(key, { signal: stop });
        } catch (error) {
          findings.report(error);
          return undefined;
        }
      },
      { concurrency: parseOptions(concurrencySchema, concurrency, "concurrency"), signal },
    );
    for await (const page of pages) if (page !== undefined) yield page;
  }

  /**
   * The complete records in a range of minutes, and their elements. See {@link Scan}.
   *
   * @throws `invalid-argument` for an invalid range or option.
   */
  scan(range: ScanRange, options: ScanOptions = {}): Scan {
    const { concurrency = this.#concurrency, ...parsed } = parseOptions(scanOptionsSchema, options, "a scan");
    return createScan({
      ...this.#context,
      logger: this.#logger,
      observer: this.#observer,
      range: parseOptions(minuteRangeSchema, range, "a scan"),
      concurrency,
      incomplete: parsed.incomplete,
      duplicates: parsed.duplicates,
      order: parsed.order,
      signal: parsed.signal,
      onFinding: parsed.onFinding,
    });
  }

  /**
   * One complete record.
   *
   * @throws `not-found` if nothing of it is stored; `incomplete-record` if part 0 or a page that it names is missing or was
   *   changed; as `readFile` for a page that cannot be used.
   */
  async readRecord(id: RecordId, { signal, incomplete = "fail" }: ReadRecordOptions = {}): Promise<ReadRecord> {
    signal?.throwIfAborted();
    const wait = parseOptions(incompleteSchema, incomplete, "incomplete") === "wait";
    const context = { ...this.#context, concurrency: this.#concurrency, signal };
    return observe(
      this.#observer,
      { name: "read_record", storage: this.#context.storage.name },
      () => (wait ? awaitRecord(id, context) : readRecord(id, context)),
      ({ data }) => ({ records: 1, elements: data.length }),
    );
  }
}
