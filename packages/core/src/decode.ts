import { gunzip } from "#gzip";
import { decodeInPieces, defaultPieceBytes } from "./decode-in-pieces.ts";
import { MeteringError, type MeteringErrorCode } from "./errors.ts";
import { toldLength } from "./gzip.ts";
import { isJsonArray, isJsonObject, parseJson } from "./json.ts";
import { parseMetadataKey, parseMeteringKey } from "./metering-key.ts";
import { decodeUtf8 } from "./utf8.ts";
import type { JsonObject, JsonValue, MetadataId, MeteringElement, MeteringPage, StoredMetadata } from "./record.ts";

/** Most bytes that a file may have once decompressed, unless told otherwise: room for what the Go SDK writes. */
export const defaultMaxDecompressedBytes = 256 * 1024 * 1024;

/**
 * What a metering page's file holds. The key is the authority: a body that contradicts it is refused.
 *
 * @throws `invalid-argument` where `key` is no metering page's, `invalid-format` where the bytes are not gzip of one
 *   JSON object of the right shape, `too-large` beyond `maxDecompressedBytes`, `key-mismatch`.
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
    // Files of the plain layout may name the pool or not; in the pool layout the path names it.
    ...(id.sharedPoolId === undefined ? {} : { shared_pool_id: id.sharedPoolId }),
    part: id.part,
  });
  return { key, ...id, data: elementsOf(key, body["data"]) };
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

/**
 * Whether a file was compressed by Go, as far as its bytes tell: Go leaves the operating system in the gzip header
 * unknown (255), zlib and fflate name one.
 */
export function isGoFile(bytes: Uint8Array): boolean {
  return bytes[9] === 255;
}

function metadataFields({ clusterId, type, category, modifyTs }: MetadataId): JsonObject {
  return {
    cluster_id: clusterId,
    ...(type === undefined ? {} : { type }),
    ...(category === undefined ? {} : { category }),
    modify_ts: modifyTs,
  };
}

/** Whether two files hold the same JSON: field order, escapes and compression aside. */
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
  const hasPieces = toldLength(bytes) > defaultPieceBytes;
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
      `${key} has more values than ${maxBytes} bytes of usage hold, and would take many times as much memory. If it should, raise the limit.`,
      { key },
    );
  }
  return parseObject(key, toText(key, json));
}

// An object of two bytes of JSON takes some eighty of memory. Usage has a value in every 13 bytes; text made of nothing
// but empty objects has one in every two, and a file of it could end the process long before its size meets a limit.
const bytesPerValue = 8;
const denseJsonBytes = 16 * 1024 * 1024;

/** About how many values the JSON holds: each but the first of its kind has one of these in front. */
function countValues(json: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

async function decompress(key: string, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  let json: Uint8Array | undefined;
  try {
    json = await gunzip(bytes, maxBytes);
  } catch (cause) {
    return invalid(key, "it is not one whole gzip file", cause);
  }
  if (json !== undefined) return json;
  throw new MeteringError(
    "too-large",
    `${key} has more than ${maxBytes} bytes once decompressed. If it should, raise the limit.`,
    { key },
  );
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

/** A field the body leaves out contradicts nothing. */
function compare(key: string, body: JsonObject, expected: JsonObject): void {
  for (const [field, value] of Object.entries(expected)) {
    if (!Object.hasOwn(body, field) || body[field] === value) continue;
    fail("key-mismatch", key, `its body has another ${field} than its key`);
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
    `${key} cannot be used: ${problem}. Look at who wrote it; other files are unaffected.`,
    {
      key,
      cause,
    },
  );
}
