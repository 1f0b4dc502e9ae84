import {
  MeteringError,
  parseJson,
  parseMetadataKey,
  parseMeteringKey,
  type JsonValue,
  type MeteringPage,
  type ObjectStorage,
  type StoredMetadata,
} from "@metering/core";
import { MeteringReader, MetaReader, type ReadRecord } from "@metering/reader";
import { parseClosedKey } from "../../bucket/closed-key.ts";
import { UsageError } from "../../usage-error.ts";

/** What a key leads to. */
export type Content =
  | { readonly kind: "page"; readonly page: MeteringPage }
  | { readonly kind: "record"; readonly record: ReadRecord }
  | { readonly kind: "metadata"; readonly metadata: StoredMetadata }
  | { readonly kind: "manifest"; readonly key: string; readonly content: JsonValue };

/**
 * Reads what a key names: a file, or a record by its key without part and ending.
 *
 * @throws UsageError for a key that is none of ours, or whose content cannot be read by key.
 */
export async function readKey(storage: ObjectStorage, key: string, signal: AbortSignal): Promise<Content> {
  if (parseMeteringKey(key) !== undefined) {
    return { kind: "page", page: await new MeteringReader(storage).readFile(key, { signal }) };
  }
  if (parseMetadataKey(key) !== undefined) {
    return { kind: "metadata", metadata: await new MetaReader(storage).readFile(key, { signal }) };
  }
  const closed = parseClosedKey(key);
  if (closed?.file === "manifest") {
    return { kind: "manifest", key, content: parseManifest(key, await storage.get(key, { signal }), storage.name) };
  }
  if (closed !== undefined) {
    throw new UsageError(
      `${key} is Parquet, and counts only by its manifest. See metering closed --in ${closed.day}, or read it with DuckDB.`,
    );
  }
  const record = parseMeteringKey(`${key}-0.json.gz`);
  if (record !== undefined)
    return { kind: "record", record: await new MeteringReader(storage).readRecord(record, { signal }) };
  throw new UsageError(
    `${JSON.stringify(key)} is no key of a page, record, metadata or manifest. metering ls --show files names those there are.`,
  );
}

function parseManifest(key: string, file: Uint8Array, storage: string): JsonValue {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(file));
  } catch (cause) {
    throw new MeteringError("invalid-format", `${key} is not JSON. Find out who changed it.`, { key, storage, cause });
  }
}
