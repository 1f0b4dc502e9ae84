import {
  isMeteringError,
  MeteringError,
  meteringKeyPrefix,
  pageDigest,
  parseMeteringKey,
  type RecordPage,
} from "@metering/core";
import { forEachPart, keyOf, nextPage, storedPart, type StoredPart, type WriteContext } from "./record-pages.ts";
import { mayBeStored } from "./write-error.ts";

/**
 * Replaces a record, or stores a new one. Part 0 is removed first, so that no reader takes new pages for old ones, and
 * stored after all other pages. At the end, pages of a longer record before it are removed from the highest down.
 *
 * It is for one writer at a time: two at once can spoil the record. Readers then see that it is incomplete, and a writer
 * that finds its pages changed rejects with `conflict`.
 */
export async function overwriteRecord(
  pages: AsyncIterator<RecordPage>,
  context: WriteContext,
): Promise<readonly StoredPart[]> {
  const { storage, signal } = context;
  const existing = await listParts(context);
  const digests = new Map<string, string>();
  const replace = async (page: RecordPage, stop: AbortSignal | undefined): Promise<StoredPart> => {
    const key = keyOf(context, page.part);
    const file = await page.compress();
    digests.set(key, pageDigest(file));
    await storage.put(key, file, { signal: stop });
    return storedPart(context, page, file, existing.has(page.part) ? "replaced" : "created");
  };

  let first = await nextPage(pages);
  let parts: readonly StoredPart[] = [];
  // One page is one object, and replacing an object is atomic.
  if (first.part > 0) {
    if (existing.has(0)) await storage.delete(keyOf(context, 0), { signal });
    ({ first, parts } = await forEachPart(first, pages, context, {
      atOnce: replace,
      inOrder: (part) => part,
    }));
  }
  try {
    const firstPart = await replace(first, signal);
    const leftovers = [...existing].filter((part) => part > parts.length).sort((a, b) => b - a);
    for (const part of leftovers) await storage.delete(keyOf(context, part), { signal });
    // A single page that replaced nothing else is one object, and needs no look. Leftovers may be another writer's new pages.
    if (parts.length > 0 || leftovers.length > 0) await checkUnchanged(digests, context);
    return [firstPart, ...parts];
  } catch (error) {
    throw mayBeStored(error);
  }
}

async function listParts(context: WriteContext): Promise<ReadonlySet<number>> {
  const { storage, id, signal } = context;
  const parts = new Set<number>();
  try {
    for await (const { key } of storage.list(meteringKeyPrefix(id), { keysOnly: true, signal })) {
      const page = parseMeteringKey(key);
      if (page?.selfId === id.selfId && page.sharedPoolId === id.sharedPoolId) parts.add(page.part);
    }
  } catch (error) {
    // A local folder is made by the first put. Any other missing bucket is reported by it.
    if (!isMeteringError(error, "bucket-not-found")) throw error;
  }
  return parts;
}

async function checkUnchanged(digests: ReadonlyMap<string, string>, { storage, signal }: WriteContext): Promise<void> {
  for (const [key, digest] of digests) {
    if ((await readDigest(storage, key, signal)) === digest) continue;
    throw new MeteringError(
      "conflict",
      `${key} was changed while this record was overwritten: another writer overwrites it. Let one writer at a time overwrite a record, and write it again.`,
      { key, storage: storage.name, stored: "maybe" },
    );
  }
}

async function readDigest(
  storage: WriteContext["storage"],
  key: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return pageDigest(await storage.get(key, { signal }));
  } catch (error) {
    if (isMeteringError(error, "not-found")) return undefined;
    throw error;
  }
}
