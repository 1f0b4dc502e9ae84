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
  /** For how many pages something is done at once. */
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

/** What is done with parts 1 … n−1. */
export interface PartSteps<Ready> {
  /** For some parts at once. The first failure ends the others. */
  readonly atOnce: (page: RecordPage, signal: AbortSignal) => Promise<Ready>;
  /** For one part at a time, in order. */
  readonly inOrder: (ready: Ready) => StoredPart | Promise<StoredPart>;
}

/**
 * Takes parts 1 … n−1 through both steps.
 *
 * @param start Part 1.
 * @returns part 0, with which nothing was done, and the other parts.
 */
export async function forEachPart<Ready>(
  start: RecordPage,
  pages: AsyncIterator<RecordPage>,
  { concurrency, signal }: WriteContext,
  { atOnce, inOrder }: PartSteps<Ready>,
): Promise<{ readonly first: RecordPage; readonly parts: readonly StoredPart[] }> {
  const parts: StoredPart[] = [];
  let next = start;
  const ready = parallelMap(
    async function* () {
      for (; next.part > 0; next = await nextPage(pages)) yield next;
    },
    atOnce,
    { concurrency, signal },
  );
  for await (const one of ready) parts.push(await inOrder(one));
  return { first: next, parts };
}
