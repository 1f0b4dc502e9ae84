import { gunzipInPieces } from "#gzip";
import { isJsonArray, isJsonObject, parseJson } from "./json.ts";
import type { JsonObject, JsonValue } from "./record.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Bounds on what a file may hold, and on what is held of it. */
export interface DecodeLimits {
  /** Most bytes that it may have once decompressed. */
  readonly maxBytes: number;
  /** Fewest bytes for each JSON value, on average. */
  readonly bytesPerValue: number;
  /** How many bytes are parsed at once, at least. */
  readonly pieceBytes: number;
}

/**
 * A good size of pieces. V8 puts a text of more than 128 KiB into memory of its own, new each time, and filling that takes
 * longer than all the rest of decoding; a smaller one costs next to nothing.
 */
export const defaultPieceBytes = 64 * 1024;

/**
 * The body of a large metering page, decompressed, decoded and parsed some elements at a time: in less memory than as
 * one text, while the next bytes are still being decompressed, and without holding up everything else for seconds.
 *
 * Gives `undefined` for any file that is not an object whose last field is `data`, a list, as both SDKs write it, or
 * that breaks a limit or a rule. Such a file has to be read as a whole, which tells what is wrong with it, if anything.
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

// All integers of up to 15 digits are exact as numbers.
const maxPlainDigits = 15;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/**
 * Cuts the JSON at commas between elements and at both ends of their list, and leaves everything else to the real
 * parser: if each cut-out part is JSON, so is the whole.
 */
function createPageParser({ maxBytes, bytesPerValue, pieceBytes }: DecodeLimits) {
  let held = new Uint8Array(2 * pieceBytes);
  let used = 0;
  let scanned = 0;
  let total = 0;
  let values = 0;
  // Where in the structure the scan stands.
  let depth = 0;
  let inString = false;
  let escaped = false;
  let digitsBefore = 0;
  /** Behind the last number that may be too long to be exact, or -1. */
  let longNumber = -1;
  /** The fields before the list, once it has begun. */
  let head: JsonObject | undefined;
  /** Where the next element begins, behind the last comma. */
  let cut = 0;
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

  /** Follows the structure up to the list's beginning or end, or the end of what is there. Tells whether to stop. */
  const scan = (): boolean => {
    // Every byte passes through here, so: local variables, and numbers where names would be looked up each time.
    const bytes = held;
    const end = used;
    let at = scanned;
    let level = depth;
    let count = values;
    let inside = inString;
    let digits = isDigit(bytes[at]) ? digitsBefore : 0;
    let stop = false;
    while (at < end && !stop) {
      if (inside) {
        if (escaped) at++;
        escaped = false;
        while (at < end && inside) {
          const byte = bytes[at++];
          if (byte === 0x22) inside = false;
          else if (byte === 0x5c && at++ === end) escaped = true;
        }
        continue;
      }
      switch (bytes[at++]) {
        case 0x22: // "
          inside = true;
          break;
        case 0x2c: // ,
          count++;
          if (level === 2 && head !== undefined) cut = at;
          break;
        case 0x5b: // [
          count++;
          level++;
          stop = level === 2 && head === undefined;
          break;
        case 0x7b: // {
          count++;
          level++;
          break;
        case 0x5d: // ]
        case 0x7d: // }
          level--;
          stop = level === 1 && head !== undefined;
          break;
        default: {
          // A digit, or what may stand in front of one; counting that too makes a number look longer at most.
          const first = at - 1;
          while (at < end && isDigit(bytes[at])) at++;
          digits += at - first;
          if (digits > maxPlainDigits) longNumber = at;
          if (at < end) digits = 0;
        }
      }
    }
    scanned = Math.min(at, end);
    depth = level;
    values = count;
    inString = inside;
    digitsBefore = digits;
    return stop;
  };

  const textUpTo = (end: number): string => decodeUtf8(held.subarray(0, end));

  /** Drops what is in front, except that `kept` bytes stay at the start. */
  const drop = (end: number, kept: number): void => {
    held.copyWithin(kept, end, used);
    used -= end - kept;
    scanned -= end - kept;
    longNumber = longNumber > end ? longNumber - (end - kept) : -1;
    cut = 0;
  };

  const beginList = (): boolean => {
    const fields = parseJson(`${textUpTo(scanned)}]}`);
    if (!isJsonObject(fields) || Object.keys(fields).at(-1) !== "data") return false;
    head = fields;
    // From now on the list's bracket stands in front of the elements that are held.
    held[0] = openBracket;
    drop(scanned, 1);
    return true;
  };

  /** Parses elements, `end` being behind the comma or bracket behind them. */
  const takeElements = (end: number, mayBeNone: boolean): boolean => {
    held[end - 1] = closeBracket;
    const text = textUpTo(end);
    const piece: JsonValue = longNumber === -1 ? JSON.parse(text) : parseJson(text);
    drop(end, 1);
    if (!isJsonArray(piece)) return false;
    for (const element of piece) elements.push(element);
    // Where there is none, a comma is one too many.
    return piece.length > 0 || mayBeNone;
  };

  const endList = (): boolean => {
    ended = true;
    return held[scanned - 1] === closeBracket && takeElements(scanned, elements.length === 0);
  };

  return {
    /** Takes the next bytes. Tells whether the file is as it should be, as far as it goes. */
    push(bytes: Uint8Array): boolean {
      append(bytes);
      if (total > maxBytes) return false;
      if (!ended) {
        let stopped = scan();
        if (stopped && head === undefined) {
          if (!beginList()) return false;
          stopped = scan();
        }
        if (values * bytesPerValue > total + pieceBytes) return false;
        if (stopped) return endList();
        if (used >= pieceBytes && cut > 0) return takeElements(cut, false);
      }
      return used < pieceBytes || (head !== undefined && !ended);
    },
    end(): JsonObject | undefined {
      const isWhole = ended && /^[ \t\n\r]*\}[ \t\n\r]*$/.test(textUpTo(used).slice(1));
      return isWhole ? { ...head, data: elements } : undefined;
    },
  };
}
