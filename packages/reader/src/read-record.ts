import {
  isMeteringError,
  MeteringError,
  meteringKeyPrefix,
  type MeteringElement,
  type ObjectInfo,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { parallelMap, sleep } from "@metering/storage-kit";
import { readPage, type PageFile } from "./read-page.ts";
import { hasAllParts, incompleteRecord, listRecord, type RecordFiles } from "./record-files.ts";

/** A whole record, as it was stored. */
export interface ReadRecord extends RecordId {
  /**
   * - `complete`: every page that was written is in it.
   * - `unknown`: no page is missing between others, but the Go SDK wrote it, which stores part 0 first: while it is
   *   being written, pages may be to come.
   */
  readonly state: "complete" | "unknown";
  /** Keys of its pages, in order. */
  readonly keys: readonly string[];
  /** Elements of all pages, in written order. `null` where the Go SDK wrote a nil element. */
  readonly data: readonly (MeteringElement | null)[];
}

/** What reading a record needs to know. */
export interface ReadRecordContext {
  readonly storage: ObjectStorage;
  readonly maxBytes: number;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/** Puts the pages of a record together. Throws `incomplete-record` where it changed while they were read. */
export async function assembleRecord(
  files: RecordFiles,
  pages: readonly PageFile[],
  { storage, signal }: Pick<ReadRecordContext, "storage" | "signal">,
): Promise<ReadRecord> {
  const [first] = files;
  // One page is one object. Several may be of two writes: overwriting removes part 0 before it touches another.
  if (files.length > 1) {
    const now = await storage.head(first.key, { signal });
    if (now === undefined || !isSameVersion(now, first)) {
      throw incompleteRecord(files, storage, "it was overwritten while it was read");
    }
  }
  const { timestamp, category, selfId, sharedPoolId } = first;
  return {
    timestamp,
    category,
    selfId,
    ...(sharedPoolId === undefined ? {} : { sharedPoolId }),
    state: pages.some(({ writtenByGo }) => writtenByGo) ? "unknown" : "complete",
    keys: files.map(({ key }) => key),
    data: pages.flatMap(({ page }) => page.data),
  };
}

/** Whether nothing was stored over an object between two looks at it. */
function isSameVersion(a: ObjectInfo, b: ObjectInfo): boolean {
  // Some stores tell whole seconds in one answer and milliseconds in another.
  const unit = a.lastModified.getMilliseconds() === 0 || b.lastModified.getMilliseconds() === 0 ? 1000 : 1;
  const moment = ({ lastModified }: ObjectInfo): number => Math.floor(lastModified.getTime() / unit);
  return a.etag === b.etag && a.size === b.size && moment(a) === moment(b);
}

/** Reads one record. Throws `not-found` where nothing of it is there, `incomplete-record` where not all is. */
export async function readRecord(id: RecordId, context: ReadRecordContext): Promise<ReadRecord> {
  const { storage, maxBytes, concurrency, signal } = context;
  const files = await listRecord(storage, id, signal);
  if (files === undefined) {
    const prefix = meteringKeyPrefix(id);
    throw new MeteringError("not-found", `There is no record under ${prefix} in ${storage.name}.`, {
      key: prefix,
      storage: storage.name,
    });
  }
  if (!hasAllParts(files)) throw incompleteRecord(files, storage, missingPart(files));
  const pages: PageFile[] = [];
  const read = parallelMap(
    async function* () {
      yield* files;
    },
    (file, stop) => readPage(storage, file.key, maxBytes, stop),
    { concurrency, signal },
  );
  for await (const page of read) pages.push(page);
  return assembleRecord(files, pages, context);
}

/** What is missing of an incomplete record, in words. */
export function missingPart(files: RecordFiles): string {
  return `part ${files.findIndex(({ part }, index) => part !== index)} is not there`;
}

const pollMs = 1000;

/** Reads one record as soon as it is complete. Ends only with it, another failure, or the signal. */
export async function awaitRecord(id: RecordId, context: ReadRecordContext): Promise<ReadRecord> {
  for (;;) {
    try {
      return await readRecord(id, context);
    } catch (error) {
      if (!isNotYetThere(error)) throw error;
    }
    await sleep(pollMs, context.signal);
  }
}

function isNotYetThere(error: unknown): boolean {
  return isMeteringError(error, "not-found") || isMeteringError(error, "incomplete-record");
}
