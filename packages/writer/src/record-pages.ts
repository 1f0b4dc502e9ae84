import { buildMeteringKey, type Logger, type ObjectStorage, type RecordId, type RecordPage } from "@metering/core";
import { parallelMap } from "@metering/storage-kit";
import type { Outcome } from "./stored-object.ts";

/** One stored page. */
export interface StoredPart {
  readonly key: string;
  readonly part: number;
  readonly elements: number;
  /** Size of the stored file, compressed. */
  readonly bytes: number;
  readonly outcome: Outcome;
}

/** What storing a record needs. */
export interface WriteContext {
  readonly storage: ObjectStorage;
  readonly id: RecordId;
  /** How many pages are compressed and stored at once. */
  readonly concurrency: number;
  readonly logger: Logger;
  readonly signal: AbortSignal | undefined;
}

export function keyOf({ id }: WriteContext, part: number): string {
  return buildMeteringKey({ ...id, part });
}

/** What is told of a page that is stored. */
export function storedPart(context: WriteContext, page: RecordPage, file: Uint8Array, outcome: Outcome): StoredPart {
  return { key: keyOf(context, page.part), part: page.part, elements: page.elements, bytes: file.length, outcome };
}

/** The next page. {@link encodeRecord} yields parts 1, 2, … and part 0 last. */
export async function nextPage(pages: AsyncIterator<RecordPage>): Promise<RecordPage> {
  const { done, value } = await pages.next();
  if (done === true) throw new Error("encodeRecord ended without part 0");
  return value;
}

/**
 * Stores parts 1 … n−1: part 1 alone, so that of several writers of one record all but one stop there, and then some at
 * once. The first failure ends the others.
 *
 * @param start Part 1.
 * @returns part 0, which is not stored yet, and what was stored.
 */
export async function storePages(
  start: RecordPage,
  pages: AsyncIterator<RecordPage>,
  { concurrency, signal }: WriteContext,
  store: (page: RecordPage, signal: AbortSignal | undefined) => Promise<StoredPart>,
): Promise<{ readonly first: RecordPage; readonly parts: readonly StoredPart[] }> {
  const parts = [await store(start, signal)];
  let page = await nextPage(pages);
  const others = parallelMap(
    async function* () {
      for (; page.part > 0; page = await nextPage(pages)) yield page;
    },
    store,
    { concurrency, signal },
  );
  for await (const part of others) parts.push(part);
  return { first: page, parts };
}
