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
  try {
    await storage.put(key, body, { ifAbsent: true, signal });
    return "created";
  } catch (error) {
    if (ifExists === "error" || !isMeteringError(error, "already-exists")) throw error;
    await checkSameContent(storage, key, body, signal);
    return "unchanged";
  }
}

/** Rejects with `already-exists` unless the stored object has the same content as `body`. */
export async function checkSameContent(
  storage: ObjectStorage,
  key: string,
  body: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await hasSameContent(storage, key, body, signal)) return;
  throw new MeteringError(
    "already-exists",
    `${key} is there already with different content and was left as it was. Find out who wrote it; to replace it, write with ifExists "overwrite".`,
    { key, storage: storage.name },
  );
}

/** Whether the stored object has the same content as `body`. An unreadable one has not. */
export async function hasSameContent(
  storage: ObjectStorage,
  key: string,
  body: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const stored = await storage.get(key, { maxBytes: defaultMaxDecompressedBytes, signal });
  try {
    return await sameContent(key, stored, body);
  } catch (error) {
    if (isMeteringError(error)) return false;
    throw error;
  }
}
