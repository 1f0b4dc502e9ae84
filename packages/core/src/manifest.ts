import type { JsonObject, PageManifest } from "./record.ts";

/**
 * The digest of a page: the CRC-32 and the length modulo 2^32 of its uncompressed bytes, each as eight lower-case
 * hexadecimal digits. Both are the last eight bytes of a gzip file, so nothing has to be decompressed to compare it.
 * Decompressing checks them against the content.
 *
 * @param file A whole gzip file. A shorter text is no file's digest.
 */
export function pageDigest(file: Uint8Array): string {
  if (file.length < 8) return "";
  const trailer = new DataView(file.buffer, file.byteOffset + file.length - 8, 8);
  return hex(trailer.getUint32(0, true)) + hex(trailer.getUint32(4, true));
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");

const digestPattern = /^[0-9a-f]{16}$/;

/** JSON of the manifest's fields as they follow `data` in part 0, with the comma in front. */
export function manifestJson({ parts, digests }: PageManifest): string {
  return digests.length === 0 ? `,"parts":${parts}` : `,"parts":${parts},"digests":${JSON.stringify(digests)}`;
}

/**
 * The manifest in the body of a part 0: `undefined` if there is none, as in every file of the Go SDK, and `invalid` if
 * its fields contradict each other or have the wrong type.
 */
export function manifestOf({ parts, digests = [] }: JsonObject): PageManifest | "invalid" | undefined {
  if (parts === undefined) return undefined;
  if (typeof parts !== "number" || !Number.isSafeInteger(parts) || parts < 1) return "invalid";
  if (!isDigests(digests) || digests.length !== parts - 1) return "invalid";
  return { parts, digests };
}

function isDigests(digests: unknown): digests is readonly string[] {
  return Array.isArray(digests) && digests.every((digest) => typeof digest === "string" && digestPattern.test(digest));
}
