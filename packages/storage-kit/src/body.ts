import { MeteringError } from "@metering/core";

/** How much of a body is expected and allowed, in bytes. */
export interface BodyLimits {
  /** What the store said it would send. A body that ends before is an error. */
  readonly expectedBytes?: number | undefined;
  /** More is an error. Default: no limit. */
  readonly maxBytes?: number | undefined;
}

function tooLarge(maxBytes: number): MeteringError {
  return new MeteringError("too-large", `The object has more than maxBytes (${maxBytes}) bytes. It was not read.`);
}

/**
 * Reads a body to its end into one array of its own. One that is too large is not held: where its announced length says
 * so, nothing of it is read, and the caller ends the stream.
 *
 * @throws `too-large`, `unavailable` where it ends early, and what the stream throws.
 */
export async function readBody(
  chunks: AsyncIterable<unknown>,
  { expectedBytes, maxBytes = Infinity }: BodyLimits,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if ((expectedBytes ?? 0) > maxBytes) throw tooLarge(maxBytes);
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    parts.push(chunk);
  }
  if (expectedBytes !== undefined && size !== expectedBytes) {
    throw new MeteringError("unavailable", `The body ended after ${size} of ${expectedBytes} bytes. Call again.`);
  }
  // Not a slice of a pool: what others left there must not be handed out.
  const body = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.byteLength;
  }
  return body;
}

/** Refuses a body that is not bytes. Without types, a client would store a text, or nothing at all. */
export function checkBody(body: unknown, key: string, storage: string): asserts body is Uint8Array {
  if (ArrayBuffer.isView(body)) return;
  throw new MeteringError("invalid-argument", "The body must be a Uint8Array.", { key, storage });
}
