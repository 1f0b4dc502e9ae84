import {
  buildMetadataKey,
  checkMetadata,
  encodeMetadata,
  loggerSchema,
  parseOptions,
  silentLogger,
  type CallOptions,
  type Logger,
  type Metadata,
  type ObjectStorage,
} from "@metering/core";
import * as z from "zod/mini";
import { compressionLevelSchema, ifExistsSchema } from "./options.ts";
import { storeObject, type IfExists, type Outcome } from "./store.ts";

/** How a {@link MetaWriter} writes. */
export interface MetaWriterOptions {
  /** What to do about a version that is there already. Default: `error`. */
  readonly ifExists?: IfExists | undefined;
  /** From 0 (none) to 9 (smallest). Default: 6. */
  readonly compressionLevel?: number | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    { ifExists: ifExistsSchema, compressionLevel: compressionLevelSchema, logger: loggerSchema },
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
    const version = checkMetadata(metadata);
    const key = buildMetadataKey(version);
    const { ifExists, compressionLevel } = this.#options;
    const file = await encodeMetadata(version, compressionLevel);
    const existed = ifExists === "overwrite" && (await this.#storage.head(key, { signal })) !== undefined;
    const outcome = await storeObject(this.#storage, key, file, ifExists, existed, signal);
    this.#logger.debug(`Wrote ${key} (${outcome}).`);
    return { key, bytes: file.length, outcome };
  }
}
