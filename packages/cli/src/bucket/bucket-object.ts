import { parseMetadataKey, parseMeteringKey, type MetadataId, type MeteringKey } from "@metering/core";
import { parseClosedKey, type ClosedKey } from "./closed-key.ts";

/** An object below `metering/`, as its key tells: nothing of it is read. */
export type BucketObject = PageObject | MetadataObject | ClosedObject | UnknownObject;

interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was stored, by the store's clock: Unix seconds. */
  readonly modified: number | undefined;
}

export interface PageObject extends StoredObject, MeteringKey {
  readonly kind: "page";
}

export interface MetadataObject extends StoredObject, MetadataId {
  readonly kind: "metadata";
}

export interface ClosedObject extends StoredObject, ClosedKey {
  readonly kind: "closed";
}

/** An object that these packages do not store, or one whose name no key can have. */
export interface UnknownObject extends Partial<Omit<StoredObject, "key">> {
  readonly kind: "unknown";
  readonly key: string;
}

export function toBucketObject(stored: StoredObject): BucketObject {
  const { key } = stored;
  const page = parseMeteringKey(key);
  if (page !== undefined) return { kind: "page", ...stored, ...page };
  const metadata = parseMetadataKey(key);
  if (metadata !== undefined) return { kind: "metadata", ...stored, ...metadata };
  const closed = parseClosedKey(key);
  return closed === undefined ? { kind: "unknown", ...stored } : { kind: "closed", ...stored, ...closed };
}
