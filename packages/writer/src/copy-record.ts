import {
  buildMetadataKey,
  decodeMetadata,
  decodeMeteringPage,
  MeteringError,
  pageDigest,
  parseMetadataKey,
  silentLogger,
  type CallOptions,
  type ObjectStorage,
  type RecordId,
  type RecordPage,
} from "@metering/core";
import { commitRecord } from "./commit-record.ts";
import { keyOf, type StoredPart } from "./record-pages.ts";
import { differs, storeOnce } from "./stored-object.ts";
import { explain } from "./write-error.ts";

/** How a copy is made. */
export interface CopyOptions extends CallOptions {
  /** How many pages are copied at once, from 1 to 64. Default: 4. */
  readonly concurrency?: number | undefined;
}

/**
 * Copies one complete record from one storage to another, byte for byte and in commit order, as `ifExists: "verify"` does:
 * a record that exists with the same content counts as copied. Every page is checked before it is stored.
 *
 * @throws `not-found` if the source has no part 0; `incomplete-record` if a page that part 0 names is missing or was changed;
 *   `invalid-format`, `truncated-file` or `key-mismatch` for a damaged file; and as `MeteringWriter.write`.
 */
export async function copyRecord(
  id: RecordId,
  from: ObjectStorage,
  to: ObjectStorage,
  { concurrency = 4, signal }: CopyOptions = {},
): Promise<readonly StoredPart[]> {
  const context = { storage: to, id, concurrency, logger: silentLogger, signal };
  const firstKey = keyOf(context, 0);
  const firstFile = await from.get(firstKey, { signal });
  const first = await decodeMeteringPage(firstKey, firstFile);
  const digests = first.manifest?.digests;
  if (digests === undefined) throw noManifest(firstKey, from);

  async function* pages(): AsyncGenerator<RecordPage, void, undefined> {
    for (const [index, digest] of digests?.entries() ?? []) {
      const part = index + 1;
      const key = keyOf(context, part);
      const file = await from.get(key, { signal });
      if (pageDigest(file) !== digest) throw changed(key, from);
      const { data } = await decodeMeteringPage(key, file);
      yield { part, elements: data.length, compress: async () => file };
    }
    yield { part: 0, elements: first.data.length, compress: async () => firstFile };
  }

  const source = pages();
  try {
    return await commitRecord(source, "verify", context);
  } catch (error) {
    signal?.throwIfAborted();
    throw explain(error, "verify");
  } finally {
    await source.return();
  }
}

/**
 * Copies one version of metadata. A version that exists with the same content counts as copied.
 *
 * @throws `invalid-argument` if the key is not one of metadata; `already-exists` if other content exists there; as
 *   `MetaReader.readFile` for a damaged file.
 */
export async function copyMetadata(
  key: string,
  from: ObjectStorage,
  to: ObjectStorage,
  { signal }: CallOptions = {},
): Promise<void> {
  const id = parseMetadataKey(key);
  if (id === undefined)
    throw new MeteringError("invalid-argument", `${JSON.stringify(key)} is not the key of metadata.`);
  const file = await from.get(buildMetadataKey(id), { signal });
  await decodeMetadata(key, file);
  if ((await storeOnce(to, key, file, signal)) === "different") throw differs(to, key);
}

function changed(key: string, storage: ObjectStorage): MeteringError {
  return new MeteringError("incomplete-record", `${key} has other content than part 0 says. It was not copied.`, {
    key,
    storage: storage.name,
  });
}

function noManifest(key: string, storage: ObjectStorage): MeteringError {
  return new MeteringError(
    "incomplete-record",
    `${key} names no pages, because the Go SDK wrote it. Whether its record is complete is unknown, so it was not copied.`,
    { key, storage: storage.name },
  );
}
