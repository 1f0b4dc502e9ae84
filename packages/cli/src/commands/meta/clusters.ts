import { metadataKeyPrefix, type MetadataId } from "@metering/core";
import type { MetadataFile } from "@metering/reader";

/** A cluster's metadata of one type and category. */
export interface Cluster extends Omit<MetadataId, "modifyTs"> {
  readonly versions: number;
  /** Times of its first and last version: Unix seconds. */
  readonly first: number;
  readonly last: number;
}

/**
 * Counts versions that come in the order of their keys. A cluster is given as soon as no more of its versions can come, so
 * that few are in memory.
 */
export async function* clustersOf(files: AsyncIterable<MetadataFile>): AsyncGenerator<Cluster, void, undefined> {
  const open = new Map<string, Cluster>();
  for await (const { key, modifyTs, ...id } of files) {
    const prefix = metadataKeyPrefix(id);
    // Among the versions of a cluster lie those of others, if it is named like their category: below its prefix.
    for (const [other, cluster] of open) {
      if (key.startsWith(other)) continue;
      open.delete(other);
      yield cluster;
    }
    const known = open.get(prefix);
    open.set(prefix, {
      ...id,
      versions: (known?.versions ?? 0) + 1,
      first: Math.min(known?.first ?? modifyTs, modifyTs),
      last: Math.max(known?.last ?? modifyTs, modifyTs),
    });
  }
  yield* open.values();
}
