import { decodeMeteringPage, isMeteringError, parseMeteringKey, type ObjectStorage } from "@metering/core";
import { isFinding } from "@metering/reader";
import { secondsPerDay } from "./finding.ts";

/** What became of a leftover. */
export interface Removal {
  /**
   * - `removed`, or `would-remove` in a dry run.
   * - `kept`: it may belong to somebody, see `reason`.
   * - `spoiled`: it was removed, and part 0 was changed at that moment. A writer overwrites the record.
   */
  readonly action: "removed" | "would-remove" | "kept" | "spoiled";
  readonly reason?: string | undefined;
}

export interface RemovalContext {
  readonly storage: ObjectStorage;
  readonly now: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Removes a page that part 0 does not name. Whatever was seen before, it is looked at again: part 0 right before and right
 * behind. Stores have no delete with a condition, so what a writer may be working on is left alone: records whose minute,
 * and pages whose storing, are less than a day ago.
 */
export async function removeLeftover(key: string, context: RemovalContext): Promise<Removal> {
  const { storage, now, dryRun, signal } = context;
  const page = parseMeteringKey(key);
  if (page === undefined) return kept("it is no page");
  if (now - page.timestamp < secondsPerDay)
    return kept("its minute is less than a day ago, so it may be being written");
  const info = await storage.head(key, { signal });
  if (info === undefined) return kept("it is gone already");
  if (now - info.lastModified.getTime() / 1000 < secondsPerDay) {
    return kept("it was stored less than a day ago, so a writer may be at work");
  }
  const isNobodys = async () => {
    const parts = await partsNamed(key, context);
    return parts !== undefined && page.part >= parts;
  };
  if (!(await isNobodys())) return kept("part 0 of its record was changed since");
  if (dryRun) return { action: "would-remove" };
  await storage.delete(key, { signal });
  if (await isNobodys()) return { action: "removed" };
  const reason = "a writer overwrote the record at the same moment: let it write the record again";
  return { action: "spoiled", reason };
}

const kept = (reason: string): Removal => ({ action: "kept", reason });

/** How many parts the stored part 0 names; `undefined` if none is there that says so. */
async function partsNamed(key: string, { storage, signal }: RemovalContext): Promise<number | undefined> {
  const firstKey = key.replace(/\d+\.json\.gz$/u, "0.json.gz");
  try {
    return (await decodeMeteringPage(firstKey, await storage.get(firstKey, { signal }))).manifest?.parts;
  } catch (error) {
    if (isMeteringError(error, "permission-denied") || !isFinding(error)) throw error;
    return undefined;
  }
}
