import {
  buildMeteringKey,
  checkElement,
  checkRecord,
  identifierSchema,
  maxPageBytes,
  isMeteringError,
  MeteringError,
  loggerSchema,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type MeteringRecord,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { sleep } from "@metering/storage-kit";
import * as z from "zod/mini";
import { commitPages, type CommitOptions, type StoredPart } from "./commit.ts";
import { compressionLevelSchema, ifExistsSchema } from "./options.ts";
import { cutPages } from "./pages.ts";
import type { IfExists } from "./store.ts";

/** How a {@link MeteringWriter} writes. */
export interface MeteringWriterOptions {
  /**
   * Pool of records that name none; they then lie in the pool layout. Services on today's Go SDK read only that
   * layout (and call the pool of a writer without one `default-shared-pool`): set it where they must see the records.
   */
  readonly sharedPoolId?: string | undefined;
  /** Cut records into pages of this many bytes of elements' JSON. Default and maximum: 104,857,600. */
  readonly pageSizeBytes?: number | undefined;
  /** What to do about a record that is there already. Default: `error`. */
  readonly ifExists?: IfExists | undefined;
  /** How many pages of a record are compressed and stored at once, from 1 to 64. Default: 8. */
  readonly concurrency?: number | undefined;
  /** From 0 (none) to 9 (smallest). Default: 6. */
  readonly compressionLevel?: number | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      sharedPoolId: z.optional(identifierSchema),
      pageSizeBytes: z.optional(z.int("must be a whole number of bytes").check(z.gte(1, "must be 1 or more"))),
      ifExists: ifExistsSchema,
      concurrency: z._default(
        z.int("must be a whole number").check(z.gte(1, "must be 1 or more"), z.lte(64, "must be 64 or less")),
        8,
      ),
      compressionLevel: compressionLevelSchema,
      logger: loggerSchema,
    },
    "must be an object",
  ))();

// Against another writer of the same record: how often to try, and how long to pause before the second time.
const maxAttempts = 8;
const firstPauseMs = 25;

/** What was stored of a record. */
export interface WriteReceipt {
  /** Every page, in order. */
  readonly parts: readonly StoredPart[];
  /** How many elements they hold together. */
  readonly elements: number;
}

/**
 * Writes metering records into a storage.
 *
 * @example
 * ```ts
 * const writer = new MeteringWriter(storage, { sharedPoolId: "pool-1" });
 * await writer.write({
 *   timestamp: toMinute(new Date()),
 *   category: "tidb-server",
 *   selfId: "tidbserver01",
 *   data: [{ logical_cluster_id: "lc-1", compute: { value: 3600, unit: "RU" } }],
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
   * Writes one record. When it resolves, the whole record is stored; when it rejects, it is not complete, and the
   * same call with `ifExists: "verify"` completes it. The record and its elements are not changed.
   *
   * An array is checked as a whole before anything is stored. Any other iterable is read once, page by page, in
   * bounded memory; an element of it that breaks a rule leaves the record incomplete.
   *
   * @throws `invalid-record` naming the field, the value and the rule; `already-exists` by the rule of `ifExists`;
   *   `conflict` where another writer of the record came in between and nothing of ours is there; the storage's errors,
   *   with the key of the page concerned; the signal's reason.
   */
  async write(record: MeteringRecord, { signal }: CallOptions = {}): Promise<WriteReceipt> {
    signal?.throwIfAborted();
    const { sharedPoolId, pageSizeBytes, ifExists, concurrency, compressionLevel } = this.#options;
    const { data, ...id } = withPool(checkRecord(record), sharedPoolId);
    if (Array.isArray(data)) {
      const elements: readonly unknown[] = data;
      for (let i = 0; i < elements.length; i++) checkElement(elements[i], i);
    }
    const commit: CommitOptions = { ifExists, paged: pageSizeBytes !== undefined, concurrency, signal };
    for (let attempt = 1; ; attempt++) {
      const parts = await this.#commit({ ...id, data }, commit, compressionLevel);
      if (parts !== "withdrawn") {
        const elements = parts.reduce((sum, part) => sum + part.elements, 0);
        this.#logger.debug(`Wrote ${elements} elements in ${parts.length} parts under ${parts[0]?.key}.`);
        return { parts, elements };
      }
      // Other iterables are read only once.
      if (!Array.isArray(data) || attempt === maxAttempts) throw this.#conflict(id);
      // Random, so that writers which met do not meet again.
      await sleep(Math.random() * firstPauseMs * 2 ** attempt, signal);
    }
  }

  async #commit(
    record: MeteringRecord,
    options: CommitOptions,
    compressionLevel: number,
  ): Promise<readonly StoredPart[] | "withdrawn"> {
    const limit = Math.min(this.#options.pageSizeBytes ?? maxPageBytes, maxPageBytes);
    const pages = cutPages(record, limit, compressionLevel);
    try {
      return await commitPages(this.#storage, record, pages, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw withNextStep(error, options.ifExists);
    } finally {
      // Also lets go of the caller's iterable where not all of it was read.
      await pages.return();
    }
  }

  #conflict(id: RecordId): MeteringError {
    const key = buildMeteringKey({ ...id, part: 0 });
    return new MeteringError(
      "conflict",
      `Another writer stores a record with other content under ${key} at the same moment. What this call had stored was taken back: write it again.`,
      { key, storage: this.#storage.name },
    );
  }
}

function withPool(record: MeteringRecord, sharedPoolId: string | undefined): MeteringRecord {
  return record.sharedPoolId === undefined && sharedPoolId !== undefined ? { ...record, sharedPoolId } : record;
}

/** What failed half-way can be completed; the storage's own error cannot know that. */
function withNextStep(error: unknown, ifExists: IfExists): unknown {
  if (!isMeteringError(error) || error.code === "already-exists" || error.code === "invalid-record") return error;
  const retry = ifExists === "overwrite" ? "Write it again" : 'Write it again with ifExists "verify"';
  return new MeteringError(error.code, `The record is not complete: ${error.message} ${retry} to complete it.`, {
    key: error.key,
    storage: error.storage,
    cause: error,
  });
}
