import { compareKeys, parseMeteringKey, type MeteringKey, type ObjectInfo } from "@metering/core";

/** A stored metering page, as a listing tells: nothing of it is read yet. */
export interface MeteringFile extends MeteringKey, ObjectInfo {}

/** The listed object as a metering page, or `undefined` where its key is not one's. */
export function toMeteringFile(info: ObjectInfo): MeteringFile | undefined {
  const key = parseMeteringKey(info.key);
  return key === undefined ? undefined : { ...info, ...key };
}

/** Order of the files of one minute and category: plain layout before pools, then by self id, parts as numbers. */
export function compareFiles(a: MeteringFile, b: MeteringFile): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
