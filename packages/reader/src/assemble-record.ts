import { isMeteringError, MeteringError, type MeteringElement, type PageManifest, type RecordId } from "@metering/core";
import type { ReadPage } from "./read-page.ts";

/** A whole record, as it was stored. */
export interface ReadRecord extends RecordId {
  /**
   * - `complete`: exactly the pages that part 0 names, unchanged.
   * - `unknown`: part 0 names no pages, because the Go SDK wrote it. No page is missing between others. The Go SDK stores
   *   part 0 first, so more pages may follow while the record is being written.
   */
  readonly state: "complete" | "unknown";
  /** Keys of its pages, in order. */
  readonly keys: readonly string[];
  /**
   * Digest of each page, in the order of `keys` (see `pageDigest` in core). That of a complete record's part 0 stands for
   * the whole record, since part 0 names the digests of the others.
   */
  readonly digests: readonly string[];
  /** Elements of all pages, in written order. `null` where the Go SDK wrote a nil element. */
  readonly data: readonly (MeteringElement | null)[];
}

/** What reading one listed page came to. */
export type PageResult = ReadPage | { readonly error: unknown };

/**
 * Puts a record together from its pages, by part. Pages that part 0 does not name are ignored, whatever is in them.
 *
 * @throws `incomplete-record` if part 0 or a page that it names is missing or has other content; the error of a page that
 *   belongs to the record and cannot be used.
 */
export function assembleRecord(
  firstKey: string,
  results: ReadonlyMap<number, PageResult>,
  storage: string,
): ReadRecord {
  const incomplete = (problem: string): MeteringError =>
    new MeteringError(
      "incomplete-record",
      `The record of ${firstKey} is incomplete: ${problem}. It is being written, or its writer was interrupted and must write it again.`,
      { key: firstKey, storage },
    );
  const pageOf = (part: number): ReadPage => {
    const result = results.get(part);
    if (result === undefined) throw incomplete(`part ${part} is missing`);
    if (!("error" in result)) return result;
    // It was there when it was listed.
    throw isMeteringError(result.error, "not-found") ? incomplete(`part ${part} is missing`) : result.error;
  };

  const part0 = pageOf(0);
  const { page: first } = part0;
  const pages = first.manifest === undefined ? withoutManifest() : [part0, ...namedBy(first.manifest)];
  const { timestamp, category, selfId, sharedPoolId } = first;
  return {
    timestamp,
    category,
    selfId,
    ...(sharedPoolId === undefined ? {} : { sharedPoolId }),
    state: first.manifest === undefined ? "unknown" : "complete",
    keys: pages.map(({ page }) => page.key),
    digests: pages.map(({ digest }) => digest),
    data: pages.length === 1 ? first.data : pages.flatMap(({ page }) => page.data),
  };

  function namedBy({ digests }: PageManifest): readonly ReadPage[] {
    return digests.map((named, index) => {
      const other = pageOf(index + 1);
      if (other.digest !== named) throw incomplete(`part ${index + 1} has other content than part 0 says`);
      return other;
    });
  }

  function withoutManifest(): readonly ReadPage[] {
    return Array.from({ length: results.size }, (_, part) => pageOf(part));
  }
}

/** Whether a record may become complete without anybody repairing it. */
export function isIncomplete(error: unknown): error is MeteringError {
  return isMeteringError(error, "incomplete-record") || isMeteringError(error, "truncated-file");
}
