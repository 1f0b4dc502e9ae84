import {
  buildMeteringKey,
  isMeteringError,
  MeteringError,
  meteringKeyPrefix,
  parseMeteringKey,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import type { Page } from "./pages.ts";
import { compareStored, refuseDifferent, storeObject, type IfExists, type Outcome } from "./store.ts";

/** One stored page. */
export interface StoredPart {
  readonly key: string;
  readonly part: number;
  readonly elements: number;
  /** Size of the stored file, compressed. */
  readonly bytes: number;
  readonly outcome: Outcome;
}

export interface CommitOptions {
  readonly ifExists: IfExists;
  /** Whether records of this component may have had several pages, so that parts of another write may lie about. */
  readonly paged: boolean;
  /** How many pages are compressed and stored at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Stores a record's pages so that part 0 is the last: where it is, the record is whole.
 *
 * - Before anything is stored, a record that is there already is found, so that its pages and ours never mix.
 * - Part 1 is stored alone. Of several writers of one record, all but one fail there, before they store more.
 * - A writer of one page and one of several look for each other once more, see {@link yieldsToOnePage}.
 * - Overwriting a record of several pages removes part 0 first: until the end it is incomplete, never a mixture.
 *
 * @returns what was stored, or `withdrawn` where another writer was about to and this call took back what it had stored.
 */
export async function commitPages(
  storage: ObjectStorage,
  id: RecordId,
  pages: AsyncIterator<Page>,
  options: CommitOptions,
): Promise<readonly StoredPart[] | "withdrawn"> {
  const first = await nextPage(pages);
  const firstFile = await first.encode();
  const second = await pages.next();
  const record = new Map<number, StoredPart>();
  const keyOf = (part: number): string => buildMeteringKey({ ...id, part });

  const store = async (page: Page, file: Uint8Array, existed: boolean, signal = options.signal): Promise<Outcome> => {
    const key = keyOf(page.part);
    const outcome = await storeObject(storage, key, file, options.ifExists, existed, signal);
    record.set(page.part, { key, part: page.part, elements: page.elements, bytes: file.length, outcome });
    return outcome;
  };

  const before = await lookBefore(storage, id, firstFile, second.done === true, options);
  if (second.done !== true) {
    const claim = await store(second.value, await second.value.encode(), before.parts.has(1));
    if (claim === "created" && (await yieldsToOnePage(storage, keyOf(0), firstFile, keyOf(1), options)))
      return "withdrawn";
    await storeAll(pages, options, async (page, signal) => {
      await store(page, await page.encode(), before.parts.has(page.part), signal);
    });
    if (options.ifExists === "verify" && (claim === "unchanged" || before.firstIsThere)) {
      await refuseLeftovers(storage, id, record.size + 1, options.signal);
    }
  }
  for (const part of before.parts) {
    if (part > record.size && part > 0) await storage.delete(keyOf(part), { signal: options.signal });
  }
  try {
    await store(first, firstFile, before.parts.has(0));
  } catch (error) {
    if (!isMeteringError(error, "already-exists")) throw error;
    if (await removesOrphans(storage, keyOf(0), firstFile, record)) return "withdrawn";
    throw error;
  }
  if (second.done === true && options.paged && (await yieldsToSeveralPages(storage, keyOf(1), record, options))) {
    return "withdrawn";
  }
  return [...record.values()].sort((a, b) => a.part - b.part);
}

async function nextPage(pages: AsyncIterator<Page>): Promise<Page> {
  const { done, value } = await pages.next();
  if (done === true) throw new Error("a record has at least one page");
  return value;
}

/** What of the record is there before anything of it is stored. */
interface Before {
  /** With `overwrite`, the parts that will be replaced or removed. */
  readonly parts: ReadonlySet<number>;
  /** With `verify`, whether part 0 is there, with our content. */
  readonly firstIsThere: boolean;
}

async function lookBefore(
  storage: ObjectStorage,
  id: RecordId,
  firstFile: Uint8Array,
  onePage: boolean,
  { ifExists, paged, signal }: CommitOptions,
): Promise<Before> {
  if (ifExists === "overwrite") {
    const parts = await listParts(storage, id, signal);
    const onlyFirst = onePage && [...parts].every((part) => part === 0);
    if (parts.has(0) && !onlyFirst) await storage.delete(buildMeteringKey({ ...id, part: 0 }), { signal });
    return { parts, firstIsThere: false };
  }
  const nothing: Before = { parts: new Set(), firstIsThere: false };
  // A record of one page is one object: storing it decides by itself. Only the pages of another write could mix in,
  // and every write of several pages begins with part 1.
  const key = buildMeteringKey({ ...id, part: onePage ? 1 : 0 });
  if (onePage && !paged) return nothing;
  if ((await storage.head(key, { signal })) === undefined) return nothing;
  if (ifExists === "error" || onePage) refuse(storage, key, onePage ? "pages of another write" : "this record");
  const stored = await compareStored(storage, key, firstFile, signal);
  if (stored === "different") refuseDifferent(storage, key);
  return { parts: new Set(), firstIsThere: stored === "same" };
}

/**
 * A writer of several pages looks for part 0 again when it has stored part 1, and a writer of one page looks for part 1
 * when it has stored part 0. So of two that write a record with other contents at the same moment, at least one finds the
 * other and takes back what it stored: their pages are never one record. It may be both, so neither can say that the
 * other's is there.
 *
 * @returns whether this call took back what it stored.
 */
async function yieldsToOnePage(
  storage: ObjectStorage,
  firstKey: string,
  firstFile: Uint8Array,
  claimKey: string,
  { ifExists, signal }: CommitOptions,
): Promise<boolean> {
  if (ifExists === "overwrite" || (await storage.head(firstKey, { signal })) === undefined) return false;
  if (ifExists === "verify" && (await compareStored(storage, firstKey, firstFile, signal)) === "same") return false;
  await takeBack(storage, firstKey, [claimKey]);
  return true;
}

/** See {@link yieldsToOnePage}. */
async function yieldsToSeveralPages(
  storage: ObjectStorage,
  claimKey: string,
  record: ReadonlyMap<number, StoredPart>,
  { ifExists, signal }: CommitOptions,
): Promise<boolean> {
  if (ifExists === "overwrite" || (await storage.head(claimKey, { signal })) === undefined) return false;
  await takeBack(storage, claimKey, createdKeys(record));
  return true;
}

function refuse(storage: ObjectStorage, key: string, what: string): never {
  throw new MeteringError(
    "already-exists",
    `${key}: ${what} is there already and was left as it was. To finish an interrupted write of the same data, write with ifExists "verify"; to replace what is there, with "overwrite".`,
    { key, storage: storage.name },
  );
}

async function refuseLeftovers(
  storage: ObjectStorage,
  id: RecordId,
  pages: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const part of await listParts(storage, id, signal)) {
    if (part >= pages) refuse(storage, buildMeteringKey({ ...id, part }), "a record with more pages");
  }
}

async function listParts(
  storage: ObjectStorage,
  id: RecordId,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<number>> {
  const parts = new Set<number>();
  for await (const { key } of storage.list(meteringKeyPrefix(id), { signal, keysOnly: true })) {
    const parsed = parseMeteringKey(key);
    if (parsed?.selfId === id.selfId && parsed.sharedPoolId === id.sharedPoolId) parts.add(parsed.part);
  }
  return parts;
}

/** Runs `storePage` over the rest of the pages, some at once. The first failure stops the others. */
async function storeAll(
  pages: AsyncIterator<Page>,
  { concurrency, signal }: CommitOptions,
  storePage: (page: Page, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    stop.abort(error);
  };
  try {
    for (let next = await pages.next(); next.done !== true && !stop.signal.aborted; next = await pages.next()) {
      const task: Promise<void> = storePage(next.value, either)
        .catch(fail)
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= concurrency) await Promise.race(running);
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure.error;
}

/**
 * Another writer of this record with other content was first after all. The pages that this call stored belong to no
 * record then, and would be taken for pages of that one.
 *
 * @returns whether there were any.
 */
async function removesOrphans(
  storage: ObjectStorage,
  firstKey: string,
  firstFile: Uint8Array,
  record: ReadonlyMap<number, StoredPart>,
): Promise<boolean> {
  const created = createdKeys(record);
  if (created.length === 0 || (await compareStored(storage, firstKey, firstFile, undefined)) === "same") return false;
  await takeBack(storage, firstKey, created);
  return true;
}

/** Part 1 last: until then it keeps other writers of several pages out. */
function createdKeys(record: ReadonlyMap<number, StoredPart>): readonly string[] {
  const created = [...record.values()].filter(({ outcome }) => outcome === "created");
  return created.sort((a, b) => b.part - a.part).map(({ key }) => key);
}

/** Removes what only this call stored. Not to be aborted: what stays counts for the other record. */
async function takeBack(storage: ObjectStorage, otherKey: string, keys: readonly string[]): Promise<void> {
  try {
    for (const key of keys) await storage.delete(key);
  } catch (cause) {
    throw new MeteringError(
      "already-exists",
      `${otherKey} was stored by another writer meanwhile, and pages of this record could not be removed. Remove them, or they count for that one: ${keys.join(", ")}.`,
      { key: otherKey, storage: storage.name, cause },
    );
  }
}
