import {
  defaultMaxDecompressedBytes,
  isMeteringError,
  MeteringError,
  sameContent,
  type ObjectStorage,
} from "@metering/core";

/**
 * What to do if an object with the same key exists.
 *
 * - `error`: leave it and reject with `already-exists`.
 * - `overwrite`: replace it.
 * - `verify`: accept it if it has the same content, and reject with `already-exists` otherwise. Makes a retry safe.
 */
export type IfExists = "error" | "overwrite" | "verify";

/** What happened to an object: it was new, it replaced another, or it existed with the same content. */
export type Outcome = "created" | "replaced" | "unchanged";

/** How a stored object compares with a file. A stored object that cannot be decoded is `different`. */
export type Comparison = "same" | "different" | "absent";

/** Downloads the object and compares its content with that of `file`. */
export async function compareStored(
  storage: ObjectStorage,
  key: string,
  file: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Comparison> {
  try {
    const stored = await storage.get(key, { maxBytes: defaultMaxDecompressedBytes, signal });
    return equalBytes(stored, file) || (await sameContent(key, stored, file)) ? "same" : "different";
  } catch (error) {
    if (isMeteringError(error, "not-found")) return "absent";
    if (unreadable.some((code) => isMeteringError(error, code))) return "different";
    throw error;
  }
}

const unreadable = ["invalid-format", "truncated-file", "too-large"] as const;

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/**
 * Stores an object that no other writer may replace. An object that exists with the same content counts as stored.
 *
 * @returns `different` if one with other content exists. It is left as it was.
 */
export async function storeOnce(
  storage: ObjectStorage,
  key: string,
  file: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<"created" | "unchanged" | "different"> {
  for (;;) {
    try {
      await storage.put(key, file, { ifAbsent: true, signal });
      return "created";
    } catch (error) {
      if (!isMeteringError(error, "already-exists")) throw error;
    }
    const comparison = await compareStored(storage, key, file, signal);
    if (comparison === "same") return "unchanged";
    if (comparison === "different") return "different";
    // It was deleted in the meantime: store it.
  }
}

/** The error for an object that exists with other content. */
export function differs(storage: ObjectStorage, key: string): MeteringError {
  return new MeteringError(
    "already-exists",
    `${key} exists with different content and was left as it was. Usually two processes share one self id, or a process restarted within the minute and counted anew: give each run its own self id (newSelfId). Overwriting would destroy what the other run counted.`,
    { key, storage: storage.name, stored: "no" },
  );
}
