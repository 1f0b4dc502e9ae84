import { gunzip } from "#gzip";
import { decodeInPieces, defaultPieceBytes } from "./decode-in-pieces.ts";
import { MeteringError, type MeteringErrorCode } from "./errors.ts";
import { declaredLength } from "./gzip.ts";
import { isJsonArray, isJsonObject, parseJson } from "./json.ts";
import { manifestOf } from "./manifest.ts";
import { parseMetadataKey, parseMeteringKey } from "./metering-key.ts";
import { decodeUtf8 } from "./utf8.ts";
import type { JsonObject, JsonValue, MetadataId, MeteringElement, MeteringPage, StoredMetadata } from "./record.ts";

/** The default limit of decompressed bytes in a file: room for what the Go SDK writes. */
export const defaultMaxDecompressedBytes = 256 * 1024 * 1024;

/**
 * Decodes the file of a metering page. The key is the authority: a body that contradicts it is refused.
 *
 * @throws `invalid-argument` if `key` is not the key of a metering page; `truncated-file` if the file ends early;
 *   `invalid-format` if it is not gzip of one JSON object of the right shape; `too-large` beyond `maxDecompressedBytes`;
 *   `key-mismatch`.
 */
export async function decodeMeteringPage(
  key: string,
  bytes: Uint8Array,
  maxDecompressedBytes = defaultMaxDecompressedBytes,
): Promise<MeteringPage> {
  const id = parseMeteringKey(key) ?? refuseKey(key, "metering page");
  const body = await decodePageBody(key, bytes, maxDecompressedBytes);
  compare(key, body, {
    timestamp: id.timestamp,
    category: id.category,
    self_id: id.selfId,
    // In the pool layout the path names the pool. In the plain layout the body may name one.
    ...(id.sharedPoolId === undefined ? {} : { shared_pool_id: id.sharedPoolId }),
    part: id.part,
  });
  const page = { key, ...id, data: elementsOf(key, body["data"]) };
  if (id.part !== 0) return page;
  const manifest = manifestOf(body);
  if (manifest === "invalid") invalid(key, "its parts and digests contradict each other");
  return manifest === undefined ? page : { ...page, manifest };
}

/** {@link decodeMeteringPage} for a metadata file. */
export async function decodeMetadata(
  key: string,
  bytes: Uint8Array,
  maxDecompressedBytes = defaultMaxDecompressedBytes,
): Promise<StoredMetadata> {
  const id = parseMetadataKey(key) ?? refuseKey(key, "metadata file");
  const body = await decodeObject(key, bytes, maxDecompressedBytes);
  compare(key, body, metadataFields(id));
  const metadata = body["metadata"] ?? null;
  if (metadata !== null && !isJsonObject(metadata)) invalid(key, "its metadata is not an object");
  return { key, ...id, metadata };
}

function metadataFields({ clusterId, type, category, modifyTs }: MetadataId): JsonObject {
  return {
    cluster_id: clusterId,
    ...(type === undefined ? {} : { type }),
    ...(category === undefined ? {} : { category }),
    modify_ts: modifyTs,
  };
}

/** Whether two files hold the same JSON, whatever their field order, escapes and compression. */
export async function sameContent(key: string, a: Uint8Array, b: Uint8Array): Promise<boolean> {
  const [jsonA, jsonB] = await Promise.all([
    decompress(key, a, defaultMaxDecompressedBytes),
    decompress(key, b, defaultMaxDecompressedBytes),
  ]);
  const [textA, textB] = [toText(key, jsonA), toText(key, jsonB)];
  return textA === textB || equalJson(parseObject(key, textA), parseObject(key, textB));
}

function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const entries = Object.entries(a);
  const others = new Map(Object.entries(b));
  return (
    entries.length === others.size &&
    entries.every(([name, value]) => {
      const other = others.get(name);
      return other !== undefined && equalJson(value, other);
    })
  );
}

async function decodePageBody(key: string, bytes: Uint8Array, maxBytes: number): Promise<JsonObject> {
  const hasPieces = declaredLength(bytes) > defaultPieceBytes;
  const body = hasPieces
    ? await decodeInPieces(bytes, { maxBytes, bytesPerValue, pieceBytes: defaultPieceBytes })
    : undefined;
  return body ?? decodeObject(key, bytes, maxBytes);
}

async function decodeObject(key: string, bytes: Uint8Array, maxBytes: number): Promise<JsonObject> {
  const json = await decompress(key, bytes, maxBytes);
  if (json.length > denseJsonBytes && countValues(json) > maxBytes / bytesPerValue) {
    throw new MeteringError(
      "too-large",
      `${key} has more values than ${maxBytes} bytes of usage hold, and decoding it would take many times as much memory. If the file is sound, raise the limit.`,
      { key },
    );
  }
  return parseObject(key, toText(key, json));
}

// An object of two bytes of JSON takes about eighty bytes of memory. Usage has a value in every 13 bytes. A file of
// nothing but empty objects has one in every two, and could exhaust the memory long before it reaches the size limit.
const bytesPerValue = 8;
const denseJsonBytes = 16 * 1024 * 1024;

/** Roughly how many values the JSON holds: nearly every value follows one of these characters. */
function countValues(json: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

async function decompress(key: string, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  let json: Uint8Array | "too-large" | "truncated";
  try {
    json = await gunzip(bytes, maxBytes);
  } catch (cause) {
    return invalid(key, "it is not a gzip file", cause);
  }
  if (json === "truncated") {
    throw new MeteringError(
      "truncated-file",
      `${key} ends early: it is being written, or its writer was interrupted. Read it again later, or have its writer write it again.`,
      { key },
    );
  }
  if (json === "too-large") {
    throw new MeteringError(
      "too-large",
      `${key} has more than ${maxBytes} decompressed bytes. If the file is sound, raise the limit.`,
      { key },
    );
  }
  return json;
}

function toText(key: string, json: Uint8Array): string {
  try {
    return decodeUtf8(json);
  } catch (cause) {
    return invalid(key, "it does not hold UTF-8", cause);
  }
}

function parseObject(key: string, text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (cause) {
    return invalid(key, "it does not hold JSON", cause);
  }
  return isJsonObject(value) ? value : invalid(key, "it does not hold a JSON object");
}

/** A field that the body leaves out contradicts nothing. */
function compare(key: string, body: JsonObject, expected: JsonObject): void {
  for (const [field, value] of Object.entries(expected)) {
    if (!Object.hasOwn(body, field) || body[field] === value) continue;
    fail("key-mismatch", key, `its body has a different ${field} than its key`);
  }
}

function elementsOf(key: string, data: JsonValue | undefined): readonly (MeteringElement | null)[] {
  if (data === null) return [];
  if (!isJsonArray(data)) return invalid(key, "its data is not a list");
  return data.map((element, index) =>
    element === null || isJsonObject(element) ? element : invalid(key, `element ${index} of its data is not an object`),
  );
}

function refuseKey(key: string, what: string): never {
  throw new MeteringError("invalid-argument", `${JSON.stringify(key)} is not the key of a ${what}.`, { key });
}

function invalid(key: string, problem: string, cause?: unknown): never {
  return fail("invalid-format", key, problem, cause);
}

function fail(code: MeteringErrorCode, key: string, problem: string, cause?: unknown): never {
  throw new MeteringError(
    code,
    `${key} cannot be used: ${problem}. Find out who wrote it. Other files are unaffected.`,
    {
      key,
      cause,
    },
  );
}
