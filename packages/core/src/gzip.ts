// What both implementations of `#gzip` offer. `gzip-node.ts` runs on Node's zlib, `gzip-portable.ts` anywhere.

/** Compresses chunk by chunk. Bytes are deterministic: no time and no file name in the header. */
export interface GzipEncoder {
  /** Takes the chunk over: it must not be changed afterwards. Waits while compression falls behind. */
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<Uint8Array>;
}

/** Makes an encoder for compression levels 0 (none) to 9 (smallest). */
export type CreateGzipEncoder = (level: number) => GzipEncoder;

/**
 * The decompressed bytes of one or more gzip members, or `undefined` where they are more than `maxBytes`; it never
 * holds much more than that. Rejects for input that is not gzip, is cut short, fails its checksum or goes on behind
 * its end.
 */
export type Gunzip = (bytes: Uint8Array, maxBytes: number) => Promise<Uint8Array | undefined>;
