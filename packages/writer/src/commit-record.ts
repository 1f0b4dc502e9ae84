import { decodeMeteringPage, isMeteringError, MeteringError, type RecordPage } from "@metering/core";
import { compareStored, differs, storeOnce, type IfExists } from "./stored-object.ts";
import { forEachPart, keyOf, nextPage, storedPart, type StoredPart, type WriteContext } from "./record-pages.ts";
import { mayBeStored } from "./write-error.ts";

type IfRecordExists = Exclude<IfExists, "overwrite">;

/**
 * Stores a record that does not exist: its pages first and part 0, which names them, last. The conditional put of part 0
 * decides: the writer whose part 0 is stored has written the record, and no other writer changes it.
 *
 * - Pages are stored in order, one at a time. So the pages of an incomplete record are always the first ones of one writer's
 *   record, and that writer can complete it. In any other order, two writers whose records begin with the same pages could
 *   block each other for good, one with its part 2 and the other with its part 3.
 * - A page that exists with the same content is used. One with other content ends the call.
 * - If part 0 exists, nothing is stored: `verify` compares and `error` rejects.
 * - No page is deleted that anybody may count on, see {@link removeOwnPages}.
 */
export async function commitRecord(
  pages: AsyncIterator<RecordPage>,
  ifExists: IfRecordExists,
  context: WriteContext,
): Promise<readonly StoredPart[]> {
  const { storage, signal } = context;
  const start = await nextPage(pages);
  if (start.part === 0) return [await storeFirst(start, [], ifExists, context)];

  if ((await storage.head(keyOf(context, 0), { signal })) !== undefined) {
    if (ifExists === "error") throw exists(context);
    return compareRecord(start, pages, context);
  }

  const own: StoredPart[] = [];
  const { first, parts } = await forEachPart(start, pages, context, {
    atOnce: async (page) => ({ page, file: await page.compress() }),
    async inOrder({ page, file }) {
      const key = keyOf(context, page.part);
      const outcome = await storeOnce(storage, key, file, signal);
      if (outcome === "different") throw await pageDiffers(key, own, context);
      const part = storedPart(context, page, file, outcome);
      if (outcome === "created") own.push(part);
      return part;
    },
  });
  return [await storeFirst(first, own, ifExists, context), ...parts];
}

/** Stores part 0, and with it the record. */
async function storeFirst(
  page: RecordPage,
  own: readonly StoredPart[],
  ifExists: IfRecordExists,
  context: WriteContext,
): Promise<StoredPart> {
  const { storage, signal } = context;
  const key = keyOf(context, 0);
  const file = await page.compress();
  try {
    await storage.put(key, file, { ifAbsent: true, signal });
    return storedPart(context, page, file, "created");
  } catch (error) {
    if (!isMeteringError(error, "already-exists")) throw mayBeStored(error);
  }
  const comparison = await compareStored(storage, key, file, signal).catch((error: unknown) => {
    throw mayBeStored(error);
  });
  if (comparison === "absent") throw vanished(context);
  if (comparison === "different") {
    await removeOwnPages(own, context);
    throw differs(storage, key);
  }
  if (ifExists === "error") throw exists(context);
  return storedPart(context, page, file, "unchanged");
}

/** Compares a record whose part 0 exists with this one, page by page. Stores nothing. */
async function compareRecord(
  start: RecordPage,
  pages: AsyncIterator<RecordPage>,
  context: WriteContext,
): Promise<readonly StoredPart[]> {
  const { storage, signal } = context;
  const absent: string[] = [];
  const compare = async (page: RecordPage, stop: AbortSignal | undefined): Promise<StoredPart> => {
    const key = keyOf(context, page.part);
    const file = await page.compress();
    const comparison = await compareStored(storage, key, file, stop);
    if (comparison === "different") throw differs(storage, key);
    if (comparison === "absent") absent.push(key);
    return storedPart(context, page, file, "unchanged");
  };
  const { first, parts } = await forEachPart(start, pages, context, {
    atOnce: compare,
    inOrder: (part) => part,
  });
  const firstPart = await compare(first, signal);
  if (absent.includes(firstPart.key)) throw vanished(context);
  // A shorter record with the same pages would have another part 0, so the missing pages are missing from this one.
  if (absent.length > 0) throw pagesMissing(absent, context);
  return [firstPart, ...parts];
}

/**
 * Removes the pages that this call created with a number of the winner's `parts` or more. Nobody can count on those: the
 * winner does not name them, and no other writer can store a part 0 any more. Readers that do not know the manifest, such
 * as the Go SDK, would count them. All other pages stay: the winner may have adopted them.
 */
async function removeOwnPages(own: readonly StoredPart[], context: WriteContext): Promise<void> {
  const { storage, logger, signal } = context;
  if (own.length === 0) return;
  const winnerParts = await readParts(context);
  const unnamed = own.filter(({ part }) => winnerParts !== undefined && part >= winnerParts);
  for (const { key } of unnamed.toSorted((a, b) => b.part - a.part)) {
    try {
      await storage.delete(key, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      logger.warn(`${key} belongs to no record and could not be removed: ${String(error)}`);
    }
  }
}

/** How many parts the stored part 0 names: 1 if it has no manifest, and `undefined` if there is no readable part 0. */
async function readParts(context: WriteContext): Promise<number | undefined> {
  const { storage, signal } = context;
  const key = keyOf(context, 0);
  try {
    return (await decodeMeteringPage(key, await storage.get(key, { signal }))).manifest?.parts ?? 1;
  } catch (error) {
    signal?.throwIfAborted();
    if (isMeteringError(error)) return undefined;
    throw error;
  }
}

/** The error for a page that exists with other content: another record is stored, or part of one is. */
async function pageDiffers(key: string, own: readonly StoredPart[], context: WriteContext): Promise<MeteringError> {
  const { storage, signal } = context;
  if ((await storage.head(keyOf(context, 0), { signal })) !== undefined) {
    await removeOwnPages(own, context);
    return differs(storage, keyOf(context, 0));
  }
  return new MeteringError(
    "already-exists",
    `${key} exists with different content, and part 0 of its record does not exist: a write of other data was interrupted or is under way. No reader counts that page. To complete the other write, write its data again with ifExists "verify"; to discard it, write this record with "overwrite".`,
    { key, storage: storage.name, stored: "no" },
  );
}

function exists(context: WriteContext): MeteringError {
  const key = keyOf(context, 0);
  return new MeteringError(
    "already-exists",
    `${key} exists and was left as it was. If it may be this record from an earlier attempt, write it again with ifExists "verify". Otherwise another run has the same self id: give each run its own (newSelfId).`,
    { key, storage: context.storage.name, stored: "maybe" },
  );
}

function vanished(context: WriteContext): MeteringError {
  const key = keyOf(context, 0);
  return new MeteringError(
    "conflict",
    `${key} was removed while this record was written: another writer overwrites it.`,
    {
      key,
      storage: context.storage.name,
      stored: "no",
    },
  );
}

function pagesMissing(keys: readonly string[], context: WriteContext): MeteringError {
  return new MeteringError(
    "incomplete-record",
    `Part 0 of this record is stored, but pages that it names are missing: ${keys.join(", ")}. They were deleted, or an overwrite of the record was interrupted. Write the record with ifExists "overwrite" to restore it.`,
    { key: keys[0], storage: context.storage.name, stored: "maybe" },
  );
}
