import {
  createGunzip,
  createGzip,
  gunzip as gunzipCallback,
  gunzipSync,
  gzip as gzipCallback,
  gzipSync,
} from "node:zlib";
import type { Gunzip, InputType, ZlibOptions } from "node:zlib";
import {
  codeOf,
  declaredLength,
  type CreateGzipEncoder,
  type Gunzip as Decompress,
  type GunzipInPieces,
} from "./gzip.ts";

// For less than this, the thread pool costs more than it saves.
const smallBytes = 32 * 1024;
// From this size on, compression starts before the input is complete.
const streamBytes = 4 * 1024 * 1024;

const pieceBytes = 256 * 1024;

// zlib allocates 16 KiB for output by default, which takes most of the time of a small file.
const outputChunk = (expectedBytes: number): number => Math.min(Math.max(expectedBytes, 1024), pieceBytes);

/** gzip on the platform's zlib: see {@link CreateGzipEncoder}. */
export const createGzipEncoder: CreateGzipEncoder = (level, release) => {
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let stream: ReturnType<typeof startStream> | undefined;
  const compress = async (chunk: Uint8Array<ArrayBuffer>): Promise<void> => {
    await (stream ??= startStream(level)).write(chunk);
    release?.(chunk);
  };
  return {
    async write(chunk) {
      bytes += chunk.length;
      if (bytes < streamBytes) {
        waiting.push(chunk);
        return;
      }
      const chunks = [...waiting, chunk];
      waiting = [];
      for (const one of chunks) await compress(one);
    },
    async end() {
      if (stream !== undefined) return stream.end();
      const [only, ...others] = waiting;
      const input = only !== undefined && others.length === 0 ? only : Buffer.concat(waiting, bytes);
      const options = { level, chunkSize: outputChunk(bytes >> 1) };
      const output = bytes <= smallBytes ? gzipSync(input, options) : await inThreadPool(gzipCallback, input, options);
      for (const chunk of waiting) release?.(chunk);
      return output;
    },
  };
};

function startStream(level: number) {
  const gzip = createGzip({ level, chunkSize: outputChunk(streamBytes) });
  const output: Buffer[] = [];
  gzip.on("data", (chunk: Buffer) => output.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    gzip.once("end", resolve).once("error", reject);
  });
  return {
    async write(chunk: Uint8Array): Promise<void> {
      await new Promise<void>((resolve, reject) => {
        gzip.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    },
    async end(): Promise<Uint8Array> {
      gzip.end();
      await ended;
      return Buffer.concat(output);
    },
  };
}

/** gunzip on the platform's zlib: see {@link Decompress}. */
export const gunzip: Decompress = async (bytes, maxBytes) => {
  // zlib silently stops before zeros that follow the last member. The engine knows how much of the input it used.
  const options = { maxOutputLength: maxBytes, info: true, chunkSize: expectedOutput(bytes, maxBytes) };
  try {
    const { buffer, engine } = withEngine(
      bytes.length <= smallBytes ? gunzipSync(bytes, options) : await inThreadPool(gunzipCallback, bytes, options),
    );
    if (engine.bytesWritten !== bytes.length) throw trailingData();
    return buffer;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ERR_BUFFER_TOO_LARGE") return "too-large";
    if (code === "Z_BUF_ERROR") return "truncated";
    throw error;
  }
};

/** gunzip on the platform's zlib, some pieces ahead on another thread: see {@link GunzipInPieces}. */
export const gunzipInPieces: GunzipInPieces = async function* (bytes) {
  if (declaredLength(bytes) < streamBytes) {
    const whole = await gunzip(bytes, streamBytes);
    if (typeof whole === "string") throw new Error(`the gzip data is ${whole}`);
    yield whole;
    return;
  }
  // Node's types lack this option of every stream here.
  const options = { chunkSize: pieceBytes, readableHighWaterMark: 4 * pieceBytes };
  const stream = createGunzip(options);
  stream.end(bytes);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stream without an encoding yields buffers
  yield* stream as AsyncIterable<Buffer>;
  if (stream.bytesWritten !== bytes.length) throw trailingData();
};

const trailingData = (): Error => new Error("the gzip data is followed by something else");

/**
 * Enough room for the whole output, so that it need not be joined from pieces. A file that declares a wrong length gets no
 * more memory than its bytes can fill: deflate expands at most 1,032 times.
 */
function expectedOutput(bytes: Uint8Array, maxBytes: number): number {
  const expected = Math.min(declaredLength(bytes), maxBytes, bytes.length * 1032);
  // zlib allocates another piece if the last one is full.
  return Math.max(expected, 1024) + 64;
}

// Node documents the result of `info: true`, and its types lack it.
function withEngine(result: unknown): { readonly buffer: Buffer; readonly engine: Gunzip } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return result as { readonly buffer: Buffer; readonly engine: Gunzip };
}

async function inThreadPool(
  run: (input: InputType, options: ZlibOptions, done: (error: Error | null, result: Buffer) => void) => void,
  input: Uint8Array,
  options: ZlibOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    run(input, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
