import { Readable } from "node:stream";
import { isMeteringError, MeteringError } from "@metering/core";
import { plainCause, readClientError } from "./client-error.ts";

/** How much of a body is expected and allowed. */
export interface BodyLimits {
  /** What the store said it would send. */
  readonly contentLength: number | undefined;
  readonly maxBytes: number | undefined;
}

/**
 * Reads a body to its end. One that is too large is not read, one that ends early is an error; whatever happens, the
 * connection is given back or cut.
 */
export async function readBody(body: unknown, { contentLength, maxBytes = Infinity }: BodyLimits): Promise<Uint8Array> {
  if (!(body instanceof Readable)) {
    throw new MeteringError("storage-failure", "The S3 client gave a body that is no stream of Node's.");
  }
  const tooLarge = (size: string): MeteringError =>
    new MeteringError("too-large", `The object has ${size} bytes, and maxBytes is ${maxBytes}. It was not read.`);
  if (contentLength !== undefined && contentLength > maxBytes) {
    body.destroy();
    throw tooLarge(String(contentLength));
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.byteLength;
      // Leaving the loop destroys the stream.
      if (size > maxBytes) throw tooLarge("more");
      chunks.push(chunk);
    }
  } catch (error) {
    if (isMeteringError(error)) throw error;
    const { message } = readClientError(error);
    throw new MeteringError("unavailable", `The body was cut off or damaged on its way (${message}). Call again.`, {
      cause: plainCause(error),
    });
  }
  if (contentLength !== undefined && size !== contentLength) {
    throw new MeteringError("unavailable", `The body ended after ${size} of ${contentLength} bytes. Call again.`);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
