import {
  buildMetadataKey,
  checkMetadata,
  encodeMetadata,
  loggerProblem,
  MeteringError,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type Metadata,
  type ObjectStorage,
} from "@metering/core";
import { ruled } from "@metering/schema";
import { observe, observerProblem, type Observer } from "@metering/storage-kit";
import * as z from "zod/mini";
import { compressionLevelSchema, ifExistsSchema } from "./options.ts";
import { storeOnce, type IfExists, type Outcome } from "./stored-object.ts";

/** How a {@link MetaWriter} writes. */
export interface MetaWriterOptions {
  /**
   * What to do about a version that is there already. Default: `error`. A version normally never changes: write a later one
   * instead of overwriting it. Readers with a cache see an overwritten one when its time to live has passed.
   */
  readonly ifExists?: IfExists | undefined;
  /** From 0 (none) to 9 (smallest). Default: 6. */
  readonly compressionLevel?: number | undefined;
  /** Sees what is written, such as that of `@metering/otel`. Default: nobody. */
  readonly observer?: Observer | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      ifExists: ifExistsSchema,
      compressionLevel: compressionLevelSchema,
      logger: z.optional(ruled<Logger>(loggerProblem)),
      observer: z.optional(ruled<Observer>(observerProblem)),
    },
    "must be an object",
  ))();

/** What was stored of one version of metadata. */
export interface MetaReceipt {
  readonly key: string;
  /** Size of the stored file, compressed. */
  readonly bytes: number;
  readonly outcome: Outcome;
}

/**
 * Writes versions of clusters' metadata into a storage.
 *
 * @example
 * ```ts
 * const writer = new MetaWriter(storage);
 * await writer.write({ type: "logic", clusterId: "lc-1", modifyTs: 1755850380, metadata: { owner: "team-a" } });
 * ```
 */
export class MetaWriter {
  readonly #storage: ObjectStorage;
  readonly #options: z.output<typeof optionsSchema>;
  readonly #logger: Logger;

  /** @throws `invalid-argument` for an option that breaks its rule. */
  constructor(storage: ObjectStorage, options: MetaWriterOptions = {}) {
    this.#storage = storage;
    this.#options = parseOptions(optionsSchema, options, "MetaWriter");
    this.#logger = this.#options.logger ?? silentLogger;
  }

  /**
   * Writes one version. It lies under its type, its category where it has one, its cluster and its time.
   *
   * @throws `invalid-record` naming the field, the value and the rule; `already-exists` by the rule of `ifExists`;
   *   the storage's errors, with the key; the signal's reason.
   */
  async write(metadata: Metadata, { signal }: CallOptions = {}): Promise<MetaReceipt> {
    signal?.throwIfAborted();
    return observe(
      this.#options.observer,
      { name: "write_metadata", storage: this.#storage.name },
      () => this.#write(metadata, signal),
      ({ bytes }) => ({ bytes }),
    );
  }

  async #write(metadata: Metadata, signal: AbortSignal | undefined): Promise<MetaReceipt> {
    const version = checkMetadata(metadata);
    const key = buildMetadataKey(version);
    const { ifExists, compressionLevel } = this.#options;
    const file = await encodeMetadata(version, compressionLevel);
    const outcome = await this.#store(key, file, ifExists, signal);
    this.#logger.debug(`Wrote ${key} (${outcome}).`);
    return { key, bytes: file.length, outcome };
  }

  async #store(key: string, file: Uint8Array, ifExists: IfExists, signal: AbortSignal | undefined): Promise<Outcome> {
    const storage = this.#storage;
    if (ifExists === "overwrite") {
      const existed = (await storage.head(key, { signal })) !== undefined;
      await storage.put(key, file, { signal });
      return existed ? "replaced" : "created";
    }
    if (ifExists === "error") {
      await storage.put(key, file, { ifAbsent: true, signal });
      return "created";
    }
    const outcome = await storeOnce(storage, key, file, signal);
    if (outcome !== "different") return outcome;
    throw new MeteringError(
      "already-exists",
      `${key} exists with different content and was left as it was. Find out who wrote it. To replace it, write with ifExists "overwrite".`,
      { key, storage: storage.name },
    );
  }
}
