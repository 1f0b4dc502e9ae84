// What both implementations of `#gzip` offer. `gzip-node.ts` runs on Node's zlib, `gzip-portable.ts` anywhere.

/** Compresses chunk by chunk. Bytes are deterministic: no time and no file name in the header. */
export interface GzipEncoder {
  /** Takes the chunk over until it is released. Waits while compression falls behind. */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  end(): Promise<Uint8Array>;
}

/**
 * Makes an encoder for compression levels 0 (none) to 9 (smallest). It hands each chunk to `release` when it is done
 * with it.
 */
export type CreateGzipEncoder = (level: number, release?: (chunk: Uint8Array<ArrayBuffer>) => void) => GzipEncoder;

/**
 * Decompresses one or more gzip members. Returns `too-large` if they hold more than `maxBytes` (it never holds much more
 * than that) and `truncated` if the input ends early. Rejects for input that is not gzip, fails its checksum or continues
 * after its end.
 */
export type Gunzip = (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array | "too-large" | "truncated">;

/** {@link Gunzip} piece by piece and without a limit. Throws for every input that `Gunzip` does not decompress. */
export type GunzipInPieces = (bytes: Uint8Array) => AsyncIterable<Uint8Array>;

/** The length that the last gzip member declares in its trailer, modulo 2^32. The file may be wrong about it. */
export function declaredLength(bytes: Uint8Array): number {
  if (bytes.length < minGzipBytes) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
}

/** The shortest gzip file: a header, an empty block and a trailer. */
export const minGzipBytes = 18;

/** The code of an error of zlib or fflate. Not by `instanceof`: under Jest, Node's errors are of another `Error`. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
