import { createGzipEncoder } from "#gzip";
import { stringifyJson } from "./json.ts";
import { manifestJson } from "./manifest.ts";
import type { MeteringKey } from "./metering-key.ts";
import type { Metadata, PageManifest } from "./record.ts";

/** The most bytes of JSON in a page: the Go SDK cannot read a longer one. */
export const maxPageBytes = 104_857_600;

/** The default compression level: that of zlib and of the Go SDK. */
export const defaultCompressionLevel = 6;

/** Builds the file of one page from the JSON of its elements, chunk by chunk. */
export interface PageEncoder {
  /** Bytes of JSON so far, with the end of the page but without a manifest. */
  readonly jsonBytes: number;
  /** Copies the UTF-8 JSON of the next element. The promise resolves when compression has caught up. */
  add(elementJson: Uint8Array): Promise<void> | undefined;
  /** Finishes the file. Call it once; part 0 gets the manifest. */
  end(manifest?: PageManifest): Promise<Uint8Array>;
}

const encoder = new TextEncoder();
const comma = 0x2c;
const pageEndBytes = 2;
const smallChunkBytes = 4 * 1024;
// Room for a page of one mebibyte with its commas and envelope.
const largeChunkBytes = 1024 * 1024 + 64 * 1024;

// Allocating a large chunk costs more than filling it, so large chunks are reused.
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

/** Starts the file of a metering page with the fields of its key, in the order of the format. */
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
  let jsonBytes = head.length + pageEndBytes;
  let empty = true;

  const makeRoom = (bytes: number): Promise<void> | undefined => {
    if (used + bytes <= chunk.length) return undefined;
    const full = chunk.subarray(0, used);
    if (full.length <= smallChunkBytes) {
      // Most records fit into the first, small chunk. A larger record moves it to the start of a large one.
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
    async end(manifest) {
      const pageEnd = encoder.encode(`]${manifest === undefined ? "" : manifestJson(manifest)}}`);
      await makeRoom(pageEnd.length);
      chunk.set(pageEnd, used);
      await gzip.write(chunk.subarray(0, used + pageEnd.length));
      return gzip.end();
    },
  };
}

/** Builds the file of one version of metadata. */
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
