import { createGzipEncoder } from "#gzip";
import { stringifyJson } from "./json.ts";
import type { MeteringKey } from "./metering-key.ts";
import type { Metadata } from "./record.ts";

/** Most bytes of JSON that a page of ours holds: the Go SDK cuts a longer one when it reads it. */
export const maxPageBytes = 104_857_600;

/** Compression level unless told otherwise: what zlib and the Go SDK use. */
export const defaultCompressionLevel = 6;

/** Makes one page's file out of its elements' JSON, chunk by chunk. */
export interface PageEncoder {
  /** Bytes of JSON so far, the end of the envelope included. */
  readonly jsonBytes: number;
  /** Appends the UTF-8 JSON of the next element. Copies it. Waits while compression falls behind. */
  add(elementJson: Uint8Array): Promise<void> | undefined;
  /** The finished file. Call it once. */
  end(): Promise<Uint8Array>;
}

const encoder = new TextEncoder();
const pageEnd = encoder.encode("]}");
const comma = 0x2c;
const smallChunkBytes = 4 * 1024;
// One page of a mebibyte, commas and envelope included.
const largeChunkBytes = 1024 * 1024 + 64 * 1024;

// Memory that is new costs more than what is done with it here, so large chunks are used again.
const spareChunks: Uint8Array<ArrayBuffer>[] = [];
const maxSpareChunks = 16;

function takeChunk(bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes > largeChunkBytes) return new Uint8Array(bytes);
  return spareChunks.pop() ?? new Uint8Array(largeChunkBytes);
}

function giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === largeChunkBytes && spareChunks.length < maxSpareChunks) {
    spareChunks.push(new Uint8Array(buffer));
  }
}

/** Starts a metering page's file: its key's fields first, in the order of the format. */
export function createPageEncoder(key: MeteringKey, compressionLevel = defaultCompressionLevel): PageEncoder {
  const gzip = createGzipEncoder(compressionLevel, giveBack);
  const head = encoder.encode(
    `{"timestamp":${key.timestamp},"category":${JSON.stringify(key.category)},"self_id":${JSON.stringify(key.selfId)},${
      key.sharedPoolId === undefined ? "" : `"shared_pool_id":${JSON.stringify(key.sharedPoolId)},`
    }"part":${key.part},"data":[`,
  );
  let chunk = new Uint8Array(Math.max(smallChunkBytes, head.length));
  chunk.set(head);
  let used = head.length;
  let jsonBytes = head.length + pageEnd.length;
  let empty = true;

  const makeRoom = (bytes: number): Promise<void> | undefined => {
    if (used + bytes <= chunk.length) return undefined;
    const full = chunk.subarray(0, used);
    if (full.length <= smallChunkBytes) {
      // Most records fit into the first, small chunk. Of those that do not, it becomes the start of a large one.
      chunk = takeChunk(used + bytes);
      chunk.set(full);
      return undefined;
    }
    chunk = takeChunk(bytes);
    used = 0;
    return gzip.write(full);
  };

  return {
    get jsonBytes() {
      return jsonBytes;
    },
    add(elementJson) {
      const separator = empty ? 0 : 1;
      empty = false;
      const waiting = makeRoom(elementJson.length + separator);
      if (separator === 1) chunk[used++] = comma;
      chunk.set(elementJson, used);
      used += elementJson.length;
      jsonBytes += elementJson.length + separator;
      return waiting;
    },
    async end() {
      await makeRoom(pageEnd.length);
      chunk.set(pageEnd, used);
      await gzip.write(chunk.subarray(0, used + pageEnd.length));
      return gzip.end();
    },
  };
}

/** The file of one version of metadata. */
export async function encodeMetadata(
  { type, category, clusterId, modifyTs, metadata }: Metadata,
  compressionLevel = defaultCompressionLevel,
): Promise<Uint8Array> {
  const json = stringifyJson({
    cluster_id: clusterId,
    type,
    ...(category === undefined ? {} : { category }),
    modify_ts: modifyTs,
    metadata,
  });
  const gzip = createGzipEncoder(compressionLevel);
  await gzip.write(encoder.encode(json));
  return gzip.end();
}
