import { FlateErrorCode, Gunzip, Gzip, type FlateError, type GzipOptions } from "fflate";
import {
  codeOf,
  minGzipBytes,
  type CreateGzipEncoder,
  type Gunzip as Decompress,
  type GunzipInPieces,
} from "./gzip.ts";

// How much is decompressed before its size is looked at again: at most 1,032 times as many bytes come out.
const sliceBytes = 4096;
const trailerBytes = 8;

/** gzip on fflate: see {@link CreateGzipEncoder}. */
export const createGzipEncoder: CreateGzipEncoder = (level, release) => {
  const output: Uint8Array[] = [];
  const gzip = new Gzip({ level: gzipLevel(level), mtime: 0 }, (chunk) => output.push(chunk));
  return {
    async write(chunk) {
      // It copies what it keeps.
      gzip.push(chunk);
      release?.(chunk);
    },
    async end() {
      gzip.push(new Uint8Array(0), true);
      return concat(output);
    },
  };
};

const levels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

function gzipLevel(level: number): NonNullable<GzipOptions["level"]> {
  return levels[level] ?? 6;
}

/** gunzip on fflate: see {@link Decompress}. */
export const gunzip: Decompress = async (bytes, maxBytes) => {
  if (bytes.length < minGzipBytes && hasGzipStart(bytes)) return "truncated";
  const output: Uint8Array[] = [];
  let length = 0;
  try {
    for (const piece of inflate(bytes)) {
      output.push(piece);
      length += piece.length;
      if (length > maxBytes) return "too-large";
    }
  } catch (error) {
    if (isUnexpectedEnd(error)) return "truncated";
    throw error;
  }
  return concat(output);
};

const hasGzipStart = (bytes: Uint8Array): boolean => [0x1f, 0x8b].every((byte, i) => (bytes[i] ?? byte) === byte);

function isUnexpectedEnd(error: unknown): boolean {
  const unexpectedEnd: FlateError["code"] = FlateErrorCode.UnexpectedEOF;
  return codeOf(error) === unexpectedEnd;
}

/** gunzip on fflate: see {@link GunzipInPieces}. */
export const gunzipInPieces: GunzipInPieces = async function* (bytes) {
  yield* inflate(bytes);
};

/** What comes out, slice by slice. fflate checks neither checksum nor length of it, so both are checked here. */
function* inflate(bytes: Uint8Array): Generator<Uint8Array, void> {
  let output: Uint8Array[] = [];
  let member = { crc: 0, length: 0 };
  const checkTrailer = (memberEnd: number): void => {
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + memberEnd - trailerBytes, trailerBytes);
    if (trailer.getUint32(0, true) !== member.crc || trailer.getUint32(4, true) !== member.length >>> 0) {
      throw new Error("the gzip data fails its checksum");
    }
    member = { crc: 0, length: 0 };
  };
  const gunzipStream = new Gunzip((chunk) => {
    output.push(chunk);
    member = { crc: crc32(chunk, member.crc), length: member.length + chunk.length };
  });
  gunzipStream.onmember = checkTrailer;
  if (bytes.length < minGzipBytes) throw new Error("the data is too short for gzip");
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    gunzipStream.push(bytes.subarray(at, at + sliceBytes), at + sliceBytes >= bytes.length);
    yield* output;
    output = [];
  }
  checkTrailer(bytes.length);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    result.set(chunk, at);
    at += chunk.length;
  }
  return result;
}

const crcTable = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array, previous: number): number {
  let crc = ~previous;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
