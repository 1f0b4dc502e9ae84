import { MeteringError, segmentProblem, shorten, storageKeyProblem } from "@metering/core";

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
  const prefixProblem = trimmed === "" ? undefined : storageKeyProblem(trimmed);
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
      const problem = storageKeyProblem(key, value);
      return problem === undefined ? value + key : refuse(key, "key", problem);
    },
    toNamePrefix(list) {
      const lastSegment = list.lastIndexOf("/") + 1;
      // What follows the last "/" is the start of a segment, so only what it could never become is refused.
      const folder = list.slice(0, Math.max(0, lastSegment - 1));
      const start = list.slice(lastSegment);
      const problem =
        (lastSegment > 0 ? storageKeyProblem(folder, value) : undefined) ??
        (start === "" || start === "." || start === ".." ? undefined : segmentProblem(start));
      return problem === undefined ? value + list : refuse(list, "list prefix", problem);
    },
    toKey(name, onInvalidKey) {
      if (!name.startsWith(value)) return undefined;
      const key = name.slice(value.length);
      if (storageKeyProblem(key, value) === undefined) return key;
      onInvalidKey?.(key);
      return undefined;
    },
  };
}
