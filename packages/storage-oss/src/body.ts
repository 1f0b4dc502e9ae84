import type { IncomingMessage } from "node:http";
import { MeteringError } from "@metering/core";

// Larger than any error OSS sends; what a proxy may send beyond it says nothing more.
const maxErrorBytes = 64 * 1024;

/**
 * Reads the body of an answer to its end. One of a good answer that has more than `maxBytes` is refused before that,
 * one that ends early is Node's error "aborted".
 */
export async function readBody(response: IncomingMessage, maxBytes: number, isHead: boolean): Promise<Buffer> {
  const { statusCode = 0, headers } = response;
  const isGood = statusCode >= 200 && statusCode < 300;
  const limit = isGood ? maxBytes : maxErrorBytes;
  if (isGood && !isHead && Number(headers["content-length"]) > limit) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    // Leaving the loop destroys the stream.
    if (size > limit && isGood) throw tooLarge(maxBytes);
    if (size > limit) return Buffer.alloc(0);
    chunks.push(chunk);
  }
  // The answer to a HEAD has no body: OSS puts the error's XML into this header, and ali-oss looks for it in the body.
  if (isHead && !isGood) return Buffer.from(String(headers["x-oss-err"] ?? ""), "base64");
  // A buffer of its own: a slice of Node's shared pool would hand out what others left there.
  const body = Buffer.alloc(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

function tooLarge(maxBytes: number): MeteringError {
  return new MeteringError("too-large", `The object has more than maxBytes (${maxBytes}) bytes. It was not read.`);
}
