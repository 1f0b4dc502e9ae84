import {
  defaultMaxDecompressedBytes,
  MeteringError,
  parseMeteringKey,
  loggerSchema,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type MeteringKey,
  type MeteringPage,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { parallelMap } from "@metering/storage-kit";
import * as z from "zod/mini";
import { report, type OnDamaged } from "./damage.ts";
import { listRange, type ScanRange } from "./list-range.ts";
import { fileKeys, type MeteringFile } from "./metering-file.ts";
import { concurrencySchema, maxDecompressedBytesSchema, minuteRangeSchema, orderSchema } from "./options.ts";
import { readPage } from "./read-page.ts";
import { awaitRecord, readRecord, type ReadRecord } from "./read-record.ts";
import { createScan, type Scan, type ScanOptions } from "./scan.ts";

/** How a {@link MeteringReader} reads. */
export interface MeteringReaderOptions {
  /** How many files are downloaded and decoded at once, from 1 to 256. Default: 8. */
  readonly concurrency?: number | undefined;
  /** Refuse a file that has more bytes once decompressed (`too-large`). Default: 268,435,456. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Where skipped files are named. Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      concurrency: z._default(concurrencySchema, 8),
      maxDecompressedBytes: z._default(maxDecompressedBytesSchema, defaultMaxDecompressedBytes),
      logger: loggerSchema,
    },
    "must be an object",
  ))();

/** The stored pages of one minute. */
export interface TimestampFiles {
  readonly timestamp: number;
  /** By category; within one, plain layout before pools, then by self id, parts in order. */
  readonly files: ReadonlyMap<string, readonly MeteringFile[]>;
}

/** How several files are read. */
export interface ReadFilesOptions extends CallOptions {
  /** How many files are downloaded and decoded at once. Default: the reader's. */
  readonly concurrency?: number | undefined;
  /** Takes the error of a file that cannot be used, and reading goes on without it. Default: reading stops with it. */
  readonly onDamaged?: OnDamaged | undefined;
}

/** How one record is read. */
export interface ReadRecordOptions extends CallOptions {
  /** What to do where the record is not complete, or not there: fail, or wait until it is. Default: `fail`. */
  readonly incomplete?: "fail" | "wait" | undefined;
}

/**
 * Reads metering records from a storage, in both layouts.
 *
 * @example
 * ```ts
 * const reader = new MeteringReader(storage);
 * for await (const { data } of reader.scan({ from: 1755850320, to: 1755853920 }).records()) console.log(data.length);
 * ```
 */
export class MeteringReader {
  readonly #storage: ObjectStorage;
  readonly #concurrency: number;
  readonly #maxBytes: number;
  readonly #logger: Logger;

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MeteringReaderOptions = {}) {
    const { concurrency, maxDecompressedBytes, logger } = parseOptions(optionsSchema, options, "MeteringReader");
    this.#storage = storage;
    this.#concurrency = concurrency;
    this.#maxBytes = maxDecompressedBytes;
    this.#logger = logger ?? silentLogger;
  }

  /** Every page of one minute. Files that are no metering pages are left out, with a warning. */
  async listFilesByTimestamp(timestamp: number, options: CallOptions = {}): Promise<TimestampFiles> {
    return { timestamp, files: await this.#filesByCategory({ from: timestamp, to: timestamp + 60 }, options) };
  }

  /** Categories that have pages in one minute. */
  async getCategories(timestamp: number, options: CallOptions = {}): Promise<readonly string[]> {
    return [...(await this.listFilesByTimestamp(timestamp, options)).files.keys()];
  }

  /** Pages of one category in one minute. */
  async getFilesByCategory(
    timestamp: number,
    category: string,
    options: CallOptions = {},
  ): Promise<readonly MeteringFile[]> {
    const files = await this.#filesByCategory({ from: timestamp, to: timestamp + 60, category }, options);
    return files.get(category) ?? [];
  }

  async #filesByCategory(
    range: ScanRange,
    options: CallOptions,
  ): Promise<ReadonlyMap<string, readonly MeteringFile[]>> {
    parseOptions(minuteRangeSchema, range, "a listing");
    const groups = new Map<string, readonly MeteringFile[]>();
    for await (const group of listRange(fileKeys(this.#storage), range, this.#logger, options)) {
      groups.set(group[0].category, group);
    }
    return groups;
  }

  /**
   * What a page's key says.
   *
   * @throws `invalid-argument` where it is not a page's.
   */
  getFileInfo(key: string): MeteringKey {
    const info = parseMeteringKey(key);
    if (info !== undefined) return info;
    throw new MeteringError("invalid-argument", `${JSON.stringify(key)} is not the key of a metering page.`, { key });
  }

  /**
   * One page.
   *
   * @throws `not-found`; `invalid-format`, `key-mismatch` or `too-large` where the file cannot be used; the storage's
   *   errors; the signal's reason.
   */
  async readFile(key: string, { signal }: CallOptions = {}): Promise<MeteringPage> {
    signal?.throwIfAborted();
    this.getFileInfo(key);
    return (await readPage(this.#storage, key, this.#maxBytes, signal)).page;
  }

  /** Several pages, in the order of their keys as given, later ones being read while earlier ones are consumed. */
  async *readFiles(
    keys: Iterable<string> | AsyncIterable<string>,
    { signal, concurrency = this.#concurrency, onDamaged }: ReadFilesOptions = {},
  ): AsyncGenerator<MeteringPage, void, undefined> {
    const pages = parallelMap(
      async function* () {
        yield* keys;
      },
      async (key, stop) => {
        try {
          return await this.readFile(key, { signal: stop });
        } catch (error) {
          report(error, onDamaged);
          return undefined;
        }
      },
      { concurrency: parseOptions(concurrencySchema, concurrency, "concurrency"), signal },
    );
    for await (const page of pages) if (page !== undefined) yield page;
  }

  /**
   * Everything in a range of minutes: as pages, as elements or as whole records.
   *
   * @throws `invalid-argument` for a range that is none.
   */
  scan(
    range: ScanRange,
    { signal, concurrency = this.#concurrency, onDamaged, strict = false, order = "stable" }: ScanOptions = {},
  ): Scan {
    return createScan({
      storage: this.#storage,
      logger: this.#logger,
      maxBytes: this.#maxBytes,
      range: parseOptions(minuteRangeSchema, range, "a scan"),
      concurrency: parseOptions(concurrencySchema, concurrency, "concurrency"),
      signal,
      onDamaged,
      strict,
      order: parseOptions(orderSchema, order, "order"),
    });
  }

  /**
   * One record, whole.
   *
   * @throws `not-found` where nothing of it is there, `incomplete-record` where part of it is missing or it was
   *   overwritten meanwhile; errors as of `readFile`.
   */
  async readRecord(id: RecordId, { signal, incomplete = "fail" }: ReadRecordOptions = {}): Promise<ReadRecord> {
    signal?.throwIfAborted();
    const context = { storage: this.#storage, maxBytes: this.#maxBytes, concurrency: this.#concurrency, signal };
    return incomplete === "wait" ? awaitRecord(id, context) : readRecord(id, context);
  }
}
