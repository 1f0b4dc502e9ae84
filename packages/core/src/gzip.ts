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
 * The decompressed bytes of one or more gzip members, or `undefined` where they are more than `maxBytes`; it never
 * holds much more than that. Rejects for input that is not gzip, is cut short, fails its checksum or goes on behind
 * its end.
 */
export type Gunzip = (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array | undefined>;

/**
 * {@link Gunzip}, piece by piece and without a limit. It throws for the input that the other refuses, and ends early
 * where a file says that it is much shorter than it is.
 */
export type GunzipInPieces = (bytes: Uint8Array) => AsyncIterable<Uint8Array>;

/** How many bytes the last member of a gzip file says it holds. It may lie. */
export function toldLength(bytes: Uint8Array): number {
  if (bytes.length < minGzipBytes) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0, true);
}

/** Header and trailer with nothing in between that is shorter than it can be. */
export const minGzipBytes = 18;
