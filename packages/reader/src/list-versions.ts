import { parseMetadataKey, type ListedObject, type ObjectStorage } from "@metering/core";

/** A stored version of a cluster's metadata, as a listing tells. */
export interface StoredVersion {
  readonly key: string;
  readonly modifyTs: number;
  /** Tells this file from one that replaces it under the same key. Empty where only keys were listed. */
  readonly revision: string;
}

/** What one listing request gave. */
export interface VersionPage {
  /** The cluster's own versions, in the order of their keys. */
  readonly versions: readonly StoredVersion[];
  /** The last key that was listed, or `undefined` if there is nothing more to list. */
  readonly lastKey: string | undefined;
}

/** How versions are listed. */
export interface ListVersionsOptions {
  readonly storage: ObjectStorage;
  /** Start of the keys of the cluster's versions. Other objects may lie under it too. */
  readonly prefix: string;
  /** Whether `revision` is needed. Listing only keys costs less in some stores. */
  readonly withRevisions: boolean;
  /** Told of every object directly under the prefix that is no version. */
  readonly onUnknownKey: (key: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** How many keys a store lists in one request. */
export const keysPerRequest = 1000;

/**
 * Lists what one request gives, and stops earlier behind the first version that `isLast` accepts.
 *
 * @param startAfter What follows the prefix in the key to start after; empty: start at the first key.
 */
export async function listVersions(
  { storage, prefix, withRevisions, onUnknownKey, signal }: ListVersionsOptions,
  startAfter = "",
  isLast: (modifyTs: number) => boolean = () => false,
): Promise<VersionPage> {
  const versions: StoredVersion[] = [];
  let listed = 0;
  const options = {
    ...(startAfter === "" ? {} : { startAfter: prefix + startAfter }),
    keysOnly: !withRevisions,
    onInvalidKey: onUnknownKey,
    signal,
  };
  for await (const object of storage.list(prefix, options)) {
    const { key } = object;
    // Deeper keys are versions of other clusters: this one is named like their category, or like a type.
    if (!key.includes("/", prefix.length)) {
      const modifyTs = parseMetadataKey(key)?.modifyTs;
      if (modifyTs === undefined) onUnknownKey(key);
      else {
        versions.push({ key, modifyTs, revision: withRevisions ? revisionOf(object) : "" });
        if (isLast(modifyTs)) return { versions, lastKey: undefined };
      }
    }
    if (++listed === keysPerRequest) return { versions, lastKey: key };
  }
  return { versions, lastKey: undefined };
}

function revisionOf({ etag, size, lastModified }: ListedObject): string {
  // An etag of the content comes back with the content, after others were stored in between.
  return `${etag ?? ""}-${size}-${lastModified?.getTime()}`;
}

/** {@link listVersions} of everything. Objects of other clusters are passed over where that saves requests. */
export async function listAllVersions(options: ListVersionsOptions): Promise<readonly StoredVersion[]> {
  const versions: StoredVersion[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const page: VersionPage = await listVersions(options, after);
    versions.push(...page.versions);
    after = page.lastKey === undefined ? undefined : behind(page.lastKey.slice(options.prefix.length));
  }
  return versions;
}

/**
 * Where to go on behind a key that was listed last. Behind one of another cluster, that is behind all of that cluster:
 * the next request costs the same.
 *
 * @param name What follows the prefix in the key.
 */
export function behind(name: string): string {
  const slash = name.indexOf("/");
  // "0" follows "/" in every order.
  return slash === -1 ? name : `${name.slice(0, slash)}0`;
}
