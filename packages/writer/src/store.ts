import {
  defaultMaxDecompressedBytes,
  isMeteringError,
  MeteringError,
  sameContent,
  type ObjectStorage,
} from "@metering/core";

/**
 * What to do about an object that stands there already.
 *
 * - `error`: leave it and reject with `already-exists`.
 * - `overwrite`: replace it.
 * - `verify`: one with the same content counts as written; a different one is the error. Makes a retry safe.
 */
export type IfExists = "error" | "overwrite" | "verify";

/** What became of an object: stored where there was none, stored over another, or there already with this content. */
export type Outcome = "created" | "replaced" | "unchanged";

/** Stores one object by the rule of `ifExists`. With `overwrite`, `existed` tells whether it will be replaced. */
export async function storeObject(
  storage: ObjectStorage,
  key: string,
  body: Uint8Array,
  ifExists: IfExists,
  existed: boolean,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  if (ifExists === "overwrite") {
    await storage.put(key, body, { signal });
    return existed ? "replaced" : "created";
  }
  for (;;) {
    try {
      await storage.put(key, body, { ifAbsent: true, signal });
      return "created";
    } catch (error) {
      if (ifExists === "error" || !isMeteringError(error, "already-exists")) throw error;
    }
    const stored = await compareStored(storage, key, body, signal);
    if (stored === "same") return "unchanged";
    if (stored === "different") refuseDifferent(storage, key);
    // Its writer has taken it back meanwhile.
  }
}

/** Refuses to take a stored object of other content for what is to be written. */
export function refuseDifferent(storage: ObjectStorage, key: string): never {
  throw new MeteringError(
    "already-exists",
    `${key} is there already with different content and was left as it was. Find out who wrote it; to replace it, write with ifExists "overwrite".`,
    { key, storage: storage.name },
  );
}

/** How the stored object's content compares with that of `body`. An unreadable one is different. */
export async function compareStored(
  storage: ObjectStorage,
  key: string,
  body: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<"same" | "different" | "absent"> {
  try {
    const stored = await storage.get(key, { maxBytes: defaultMaxDecompressedBytes, signal });
    return (await sameContent(key, stored, body)) ? "same" : "different";
  } catch (error) {
    if (isMeteringError(error, "not-found")) return "absent";
    if (isMeteringError(error, "invalid-format") || isMeteringError(error, "too-large")) return "different";
    throw error;
  }
}
