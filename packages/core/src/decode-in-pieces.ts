import { gunzipInPieces } from "#gzip";
import { isJsonArray, isJsonObject, parseJson } from "./json.ts";
import { scanPage, type PageScan } from "./page-scan.ts";
import type { JsonObject, JsonValue } from "./record.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Limits of what a file may hold and of what is held of it. */
export interface DecodeLimits {
  /** The most decompressed bytes. */
  readonly maxBytes: number;
  /** The fewest bytes for each JSON value, on average. */
  readonly bytesPerValue: number;
  /** How many bytes are parsed at once, at least. */
  readonly pieceBytes: number;
}

/**
 * A good size for pieces. V8 allocates a string of more than 128 KiB separately, and filling that takes longer than the
 * rest of decoding.
 */
export const defaultPieceBytes = 64 * 1024;

/**
 * Decompresses, decodes and parses the body of a large metering page piece by piece: in less memory than as one string,
 * while the next bytes are being decompressed, and without blocking everything else for seconds.
 *
 * Returns `undefined` for every file that does not have its elements in one list `data`, followed only by fields that fit
 * into one piece, as both SDKs write it, or that breaks a limit or a rule. Decode such a file as a whole, which reports
 * what is wrong with it.
 */
export async function decodeInPieces(file: Uint8Array, limits: DecodeLimits): Promise<JsonObject | undefined> {
  const parser = createPageParser(limits);
  try {
    for await (const bytes of gunzipInPieces(file)) {
      for (let at = 0; at < bytes.length; at += limits.pieceBytes) {
        if (!parser.push(bytes.subarray(at, at + limits.pieceBytes))) return undefined;
      }
    }
    return parser.end();
  } catch {
    return undefined;
  }
}

const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Cuts the JSON at commas between elements and at both ends of their list, and leaves the rest to the platform's parser:
 * if every piece is JSON, so is the whole.
 */
function createPageParser({ maxBytes, bytesPerValue, pieceBytes }: DecodeLimits) {
  let held = new Uint8Array(2 * pieceBytes);
  let used = 0;
  let total = 0;
  const scan: PageScan = scanPage();
  /** The fields before the list, once it has begun. */
  let head: JsonObject | undefined;
  let ended = false;
  const elements: JsonValue[] = [];

  const append = (bytes: Uint8Array): void => {
    if (used + bytes.length > held.length) {
      const larger = new Uint8Array(Math.max(2 * held.length, used + bytes.length));
      larger.set(held.subarray(0, used));
      held = larger;
    }
    held.set(bytes, used);
    used += bytes.length;
    total += bytes.length;
  };

  const textUpTo = (end: number): string => decodeUtf8(held.subarray(0, end));

  /** Drops the bytes before `end`, except that `kept` bytes stay at the start. */
  const drop = (end: number, kept: number): void => {
    held.copyWithin(kept, end, used);
    used -= end - kept;
    scan.drop(end - kept, end);
  };

  const beginList = (): boolean => {
    const fields = parseJson(`${textUpTo(scan.at)}]}`);
    if (!isJsonObject(fields) || Object.keys(fields).at(-1) !== "data") return false;
    head = fields;
    // From now on the bracket of the list stands before the elements that are held.
    held[0] = openBracket;
    drop(scan.at, 1);
    return true;
  };

  /** Parses elements; `end` is behind the comma or bracket that follows them. */
  const takeElements = (end: number, mayBeEmpty: boolean): boolean => {
    held[end - 1] = closeBracket;
    const text = textUpTo(end);
    const piece: JsonValue = scan.unusualNumber === -1 ? JSON.parse(text) : parseJson(text);
    drop(end, 1);
    if (!isJsonArray(piece)) return false;
    for (const element of piece) elements.push(element);
    // An empty piece means a comma too many.
    return piece.length > 0 || mayBeEmpty;
  };

  const endList = (): boolean => {
    ended = true;
    return held[scan.at - 1] === closeBracket && takeElements(scan.at, elements.length === 0);
  };

  /** The fields after the list: those of the manifest in part 0. */
  const tail = (): JsonObject | undefined => {
    const rest = textUpTo(used)
      .slice(1)
      .replace(/^[ \t\n\r]+/, "");
    const hasComma = rest.startsWith(",");
    const fields = parseJson(`{${hasComma ? rest.slice(1) : rest}`);
    if (!isJsonObject(fields) || "data" in fields) return undefined;
    const hasFields = Object.keys(fields).length > 0;
    return hasComma === hasFields ? fields : undefined;
  };

  return {
    /** Takes the next bytes. Returns whether the file is as expected so far. */
    push(bytes: Uint8Array): boolean {
      append(bytes);
      if (total > maxBytes) return false;
      if (!ended) {
        let stopped = scan.run(held, used, head !== undefined);
        if (stopped && head === undefined) {
          if (!beginList()) return false;
          stopped = scan.run(held, used, true);
        }
        if (scan.values * bytesPerValue > total + pieceBytes) return false;
        if (stopped && !endList()) return false;
        if (!stopped && used >= pieceBytes && scan.cut > 0) return takeElements(scan.cut, false);
      }
      return used < pieceBytes || (head !== undefined && !ended);
    },
    end(): JsonObject | undefined {
      const fields = ended ? tail() : undefined;
      return fields && { ...head, data: elements, ...fields };
    },
  };
}
