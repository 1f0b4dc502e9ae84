import { compareKeys, parseMeteringKey, type MeteringKey, type ObjectInfo } from "@metering/core";

/** A stored metering page, as a listing tells: nothing of it is read yet. */
export interface MeteringFile extends MeteringKey, ObjectInfo {}

/** The listed object as a metering page, or `undefined` where its key is not one's. */
export function toMeteringFile(info: ObjectInfo): MeteringFile | undefined {
  const parsed = parseMeteringKey(info.key);
  if (parsed === undefined) return undefined;
  // Field by field: a listing makes thousands of these, and spreading two objects takes several times as long.
  const { key, size, etag, lastModified } = info;
  const { timestamp, category, sharedPoolId, selfId, part } = parsed;
  return { key, size, etag, lastModified, timestamp, category, sharedPoolId, selfId, part };
}

/** Order of the files of one minute and category: plain layout before pools, then by self id, parts as numbers. */
export function compareFiles(a: MeteringFile, b: MeteringFile): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
