import {
  checkRecord,
  encodeRecord,
  identifierProblem,
  loggerProblem,
  maxPageBytes,
  parseOptions,
  silentLogger,
  type CallOptions,
  type JsonCompatibleObject,
  type Logger,
  type MeteringRecord,
  type ObjectStorage,
  type UncountedValues,
} from "@metering/core";
import { choice, integer, ruled, ruledString } from "@metering/schema";
import { observe, observerProblem, type Observer } from "@metering/storage-kit";
import * as z from "zod/mini";
import { commitRecord } from "./commit-record.ts";
import { compressionLevelSchema, ifExistsSchema } from "./options.ts";
import { overwriteRecord } from "./overwrite-record.ts";
import type { StoredPart } from "./record-pages.ts";
import type { IfExists } from "./stored-object.ts";
import { explain } from "./write-error.ts";

/** How a {@link MeteringWriter} writes. */
export interface MeteringWriterOptions {
  /**
   * The pool of records that name none. They are then stored in the pool layout. Services on today's Go SDK read only that
   * layout, so set it where they must see the records.
   */
  readonly sharedPoolId?: string | undefined;
  /** Split records into pages of this many bytes of element JSON. Default: 8,388,608. Capped at 104,857,600. */
  readonly pageSizeBytes?: number | undefined;
  /** What to do if the record exists. Default: `error`. */
  readonly ifExists?: IfExists | undefined;
  /**
   * What to do about objects that look like metering values and are never summed, such as `{ value: 1 }` without a unit or
   * a metering value nested in another object. Default: `refuse`.
   */
  readonly uncountedValues?: UncountedValues | undefined;
  /**
   * How many pages of a record are compressed at once, from 1 to 64; with `overwrite`, also stored at once. Otherwise pages
   * are stored one at a time, so that writers of one record never block each other. Default: 8.
   */
  readonly concurrency?: number | undefined;
  /** From 0 (none) to 9 (smallest). Default: 6. */
  readonly compressionLevel?: number | undefined;
  /** Sees what is written, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

const defaultPageSizeBytes = 8 * 1024 * 1024;

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      sharedPoolId: z.optional(ruledString(identifierProblem)),
      pageSizeBytes: z._default(integer(1, undefined, "bytes"), defaultPageSizeBytes),
      ifExists: ifExistsSchema,
      uncountedValues: z._default(choice(["refuse", "allow"]), "refuse"),
      concurrency: z._default(integer(1, 64), 8),
      compressionLevel: compressionLevelSchema,
      observer: z.optional(ruled<Observer>(observerProblem)),
      logger: z.optional(ruled<Logger>(loggerProblem)),
    },
    "must be an object",
  ))();

/** What was stored of a record. */
export interface WriteReceipt {
  /** Every page, in order. */
  readonly parts: readonly StoredPart[];
  /** The number of elements in all pages. */
  readonly elements: number;
}

/**
 * Writes metering records into a storage.
 *
 * @example
 * ```ts
 * const writer = new MeteringWriter(storage, { ifExists: "verify", sharedPoolId: "pool-1" });
 * await writer.write({
 *   timestamp: toMinute(new Date()),
 *   category: "tidb-server",
 *   selfId: newSelfId("tidb-0"),
 *   data: [{ logical_cluster_id: "lc-1", compute: meteringValue(3600, "RU") }],
 * });
 * ```
 */
export class MeteringWriter {
  readonly #storage: ObjectStorage;
  readonly #options: z.output<typeof optionsSchema>;
  readonly #logger: Logger;

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MeteringWriterOptions = {}) {
    this.#storage = storage;
    this.#options = parseOptions(optionsSchema, options, "MeteringWriter");
    this.#logger = this.#options.logger ?? silentLogger;
  }

  /**
   * Writes one record. When it resolves, the whole record is stored, and it reads as this content until somebody
   * overwrites it. When it rejects, a complete record under the same key is as it was before (unless `ifExists` is
   * `overwrite`), and the same call with `ifExists: "verify"` completes what was interrupted.
   *
   * An array is checked to its end before anything is stored. Any other iterable is read once, page by page, in bounded
   * memory. An element of it that breaks a rule ends the write, and no reader counts the pages stored so far.
   *
   * @throws `MeteringError`s whose `stored` says whether the record may be stored: `invalid-record` with field, value and
   *   rule; `already-exists` according to `ifExists`; `conflict` if another writer overwrites the record;
   *   `incomplete-record` if the record is stored and pages of it were deleted; the storage's errors with the key of the
   *   page. Or the signal's reason: the record may be stored then.
   */
  async write<Element extends JsonCompatibleObject<Element>>(
    record: MeteringRecord<Element>,
    { signal }: CallOptions = {},
  ): Promise<WriteReceipt> {
    signal?.throwIfAborted();
    return observe(
      this.#options.observer,
      { name: "write_record", storage: this.#storage.name },
      () => this.#write(record, signal),
      ({ parts, elements }) => ({ records: 1, elements, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) }),
    );
  }

  async #write(record: unknown, signal: AbortSignal | undefined): Promise<WriteReceipt> {
    const { ifExists } = this.#options;
    try {
      const parts = await this.#store(checkRecord(record), signal);
      const elements = parts.reduce((sum, part) => sum + part.elements, 0);
      this.#logger.debug(`Wrote ${count(elements, "element")} in ${count(parts.length, "page")}: ${parts[0]?.key}`);
      return { parts, elements };
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error, ifExists);
    }
  }

  async #store(record: MeteringRecord, signal: AbortSignal | undefined): Promise<readonly StoredPart[]> {
    const { ifExists, pageSizeBytes, concurrency, compressionLevel, uncountedValues } = this.#options;
    const { data, ...id } = { ...record, sharedPoolId: record.sharedPoolId ?? this.#options.sharedPoolId };
    const context = { storage: this.#storage, logger: this.#logger, id, concurrency, signal };
    const pages = encodeRecord(
      { ...id, data },
      { pageSizeBytes: Math.min(pageSizeBytes, maxPageBytes), compressionLevel, uncountedValues },
    );
    try {
      const parts = await (ifExists === "overwrite"
        ? overwriteRecord(pages, context)
        : commitRecord(pages, ifExists, context));
      return parts.toSorted((a, b) => a.part - b.part);
    } finally {
      // Closes the caller's iterable if it was not read to its end.
      await pages.return();
    }
  }
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
