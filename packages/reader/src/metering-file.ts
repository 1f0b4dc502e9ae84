import { compareKeys, parseMeteringKey, type MeteringKey } from "@metering/core";

/** A stored metering page as its key describes it. Nothing of it is read yet. */
export interface MeteringFile extends MeteringKey {
  readonly key: string;
}

/** `undefined` if the key is not that of a metering page. */
export function toMeteringFile(key: string): MeteringFile | undefined {
  const parsed = parseMeteringKey(key);
  if (parsed === undefined) return undefined;
  // A listing makes thousands of these, and spreading an object takes several times as long.
  const { timestamp, category, sharedPoolId, selfId, part } = parsed;
  return { key, timestamp, category, sharedPoolId, selfId, part };
}

/** Orders the files of one minute and category: plain layout before pools, then by self id, parts as numbers. */
export function compareFiles(a: MeteringFile, b: MeteringFile): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
