import { MeteringError } from "./errors.ts";

/** Longest stored name, key and prefix together, in bytes of UTF-8. */
export const maxKeyBytes = 1024;

/** Longest segment (what stands between two `/`) in bytes of UTF-8: the limit of common file systems. */
export const maxSegmentBytes = 255;

const encoder = new TextEncoder();

/** Whether `text` has more than so many bytes of UTF-8. */
export function isLongerThan(text: string, bytes: number): boolean {
  // A UTF-16 code unit is three bytes of UTF-8 at the most, so short texts need no encoding to be measured.
  return text.length * 3 > bytes && encoder.encode(text).length > bytes;
}

/** Rule that a path segment breaks, in words, or `undefined` where it breaks none. */
export function segmentProblem(segment: string): string | undefined {
  if (segment === "") return "is empty";
  if (segment === "." || segment === "..") return "is a relative path";
  if (/[\u0000-\u001f\u007f]/.test(segment)) return "holds a control character";
  if (!segment.isWellFormed()) return "is not well-formed Unicode";
  if (isLongerThan(segment, maxSegmentBytes)) return `is longer than ${maxSegmentBytes} bytes of UTF-8`;
  return undefined;
}

// What almost every key is: plain segments, none of which can be "." or ".." or too long.
const plainKey = /^(?:[\w-][\w.-]{0,200}\/)*[\w-][\w.-]{0,200}$/;

function keyProblem(key: string, prefix: string): string | undefined {
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

// Code units that UTF-16 orders otherwise than UTF-8 orders what they stand for.
const highCodeUnit = /[\ud800-\uffff]/;

/** Orders keys as every storage lists them: by their UTF-8 bytes. JavaScript's `<` orders by UTF-16 code units. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  // Where one of the two has no such unit, the first difference is one that both orders agree on.
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

/** Translates between keys, as callers see them, and the names a store keeps them under. */
export interface KeyPrefix {
  /** `""`, or the prefix with one `/` at its end. */
  readonly value: string;
  /** Stored name of a key. Throws `invalid-key` where the key breaks a rule. */
  readonly toName: (key: string) => string;
  /** Start of the stored names that a list prefix matches. Throws `invalid-key` where no valid key can match it. */
  readonly toNamePrefix: (prefix: string) => string;
  /**
   * Key of a stored name, or `undefined` where the name lies outside the prefix or is no valid key. In the latter case
   * `onInvalidKey` is called with the name relative to the prefix.
   */
  readonly toKey: (name: string, onInvalidKey?: (name: string) => void) => string | undefined;
}

/**
 * The key rules and the prefix of a storage, in one place for all adapters.
 *
 * A key has one or more segments joined by `/`. A segment is not empty, not `.` or `..`, has no control characters,
 * is well-formed Unicode and at most 255 bytes of UTF-8; key and prefix together are at most 1,024 bytes.
 *
 * @param prefix Where all keys of the storage lie; `a` and `a/` mean the same.
 * @param storage Name of the storage, for errors.
 * @throws `invalid-argument` where the prefix breaks a rule or begins with `/`.
 */
export function createKeyPrefix(prefix: string | undefined, storage: string): KeyPrefix {
  if (prefix?.startsWith("/") === true) {
    throw new MeteringError(
      "invalid-argument",
      `prefix ${shorten(prefix)} begins with "/". The Go SDK stores objects under names that begin with "/" where it is given such a prefix, so "${prefix.replace(/^\/+/, "")}" is another place. Remove the slash from the prefix, here and in every writer.`,
      { storage },
    );
  }
  const trimmed = (prefix ?? "").replace(/\/+$/, "");
  const value = trimmed === "" ? "" : `${trimmed}/`;
  const prefixProblem = trimmed === "" ? undefined : keyProblem(trimmed, "");
  if (prefixProblem !== undefined) {
    throw new MeteringError(
      "invalid-argument",
      `prefix ${shorten(trimmed)} ${prefixProblem}. Use segments joined by "/".`,
      { storage },
    );
  }
  const refuse = (key: string, what: string, problem: string): never => {
    throw new MeteringError("invalid-key", `${what} ${shorten(key)} ${problem}. Nothing was sent to ${storage}.`, {
      key,
      storage,
    });
  };
  return {
    value,
    toName(key) {
      const problem = keyProblem(key, value);
      return problem === undefined ? value + key : refuse(key, "key", problem);
    },
    toNamePrefix(list) {
      const lastSegment = list.lastIndexOf("/") + 1;
      // What follows the last "/" is the start of a segment, so only what it could never become is refused.
      const folder = list.slice(0, Math.max(0, lastSegment - 1));
      const start = list.slice(lastSegment);
      const problem =
        (lastSegment > 0 ? keyProblem(folder, value) : undefined) ??
        (start === "" || start === "." || start === ".." ? undefined : segmentProblem(start));
      return problem === undefined ? value + list : refuse(list, "list prefix", problem);
    },
    toKey(name, onInvalidKey) {
      if (!name.startsWith(value)) return undefined;
      const key = name.slice(value.length);
      if (keyProblem(key, value) === undefined) return key;
      onInvalidKey?.(key);
      return undefined;
    },
  };
}
