/** The longest stored name (prefix and key) in bytes of UTF-8. */
export const maxKeyBytes = 1024;

/** The longest segment (the text between two `/`) in bytes of UTF-8: the limit of common file systems. */
export const maxSegmentBytes = 255;

const encoder = new TextEncoder();

/** Whether `text` is longer than this many bytes of UTF-8. */
export function isLongerThan(text: string, bytes: number): boolean {
  // A UTF-16 code unit is at most three bytes of UTF-8, so short texts need not be encoded to be measured.
  return text.length * 3 > bytes && encoder.encode(text).length > bytes;
}

/** The rule that a path segment breaks, in words, or `undefined`. */
export function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "is empty";
  if (segment === "." || segment === "..") return "is a relative path";
  if (/[\u0000-\u001f\u007f]/.test(segment)) return "contains a control character";
  if (!segment.isWellFormed()) return "is not well-formed Unicode";
  if (isLongerThan(segment, maxSegmentBytes)) return `is longer than ${maxSegmentBytes} bytes of UTF-8`;
  return undefined;
}

// Almost every key matches this: plain segments, none of them "." or ".." or too long.
export const plainKey = /^(?:[\w-][\w.-]{0,200}\/)*[\w-][\w.-]{0,200}$/;

/**
 * The rule that a storage key breaks, in words, or `undefined`.
 *
 * A key has one or more segments joined by `/`. A segment is not empty, not `.` or `..`, has no control characters, is
 * well-formed Unicode and at most 255 bytes of UTF-8. Key and prefix together are at most 1,024 bytes.
 *
 * @param prefix What the store puts in front of the key. Default: nothing.
 */
export function storageKeyProblem(key: string, prefix = ""): string | undefined {
  if (key.length + prefix.length <= maxKeyBytes / 3 && plainKey.test(key)) return undefined;
  if (isLongerThan(prefix + key, maxKeyBytes)) return `is longer than ${maxKeyBytes} bytes of UTF-8 with its prefix`;
  for (const segment of key.split("/")) {
    const problem = segmentProblem(segment);
    if (problem !== undefined) return `has a segment that ${problem}`;
  }
  return undefined;
}

/** A value for a message: quoted, escaped, at most 80 characters. */
export function shorten(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
}

// Code units that UTF-16 and UTF-8 order differently.
const highCodeUnit = /[\ud800-\uffff]/;

/** Orders keys as every storage lists them: by their UTF-8 bytes. JavaScript's `<` orders by UTF-16 code units. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  // If one of the two has no such unit, both orders agree on the first difference.
  if (!highCodeUnit.test(a) || !highCodeUnit.test(b)) return a < b ? -1 : 1;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = codePointRank(a.charCodeAt(i)) - codePointRank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

// Surrogates stand for code points above every other code unit.
const codePointRank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
