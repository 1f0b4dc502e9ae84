import { compareKeys, meteringKeyPrefix, type CallOptions, type Logger } from "@metering/core";
import { compareFiles, type FileSource, type MeteringFile } from "./metering-file.ts";

/** Which records to read. Filters work on keys: what they leave out is never downloaded. */
export interface ScanRange {
  /** First minute: Unix seconds, a multiple of 60. */
  readonly from: number;
  /** Minute after the last one: Unix seconds, a multiple of 60. */
  readonly to: number;
  readonly category?: string | undefined;
  /** Only records of this pool. Left out: every pool, and the plain layout. */
  readonly sharedPoolId?: string | undefined;
  readonly selfId?: string | undefined;
}

/** How many keys a store lists per request: S3 and OSS both say 1,000. Other numbers cost requests, nothing else. */
const keysPerRequest = 1000;

/** The files of one minute and category, in {@link compareFiles} order. */
export type CategoryFiles<File extends MeteringFile> = readonly [File, ...File[]];

/** Every stored page in the range, minute by minute and category by category. */
export async function* listRange<File extends MeteringFile>(
  source: FileSource<File>,
  range: ScanRange,
  logger: Logger,
  { signal }: CallOptions,
): AsyncGenerator<CategoryFiles<File>, void, undefined> {
  // Timestamps of equal length are in the same order as numbers and as text.
  for (const [from, to] of byLength(range.from, range.to)) {
    let group: [File, ...File[]] | undefined;
    for await (const file of listEqualLength(source, { ...range, from, to }, logger, signal)) {
      if (group !== undefined && group[0].timestamp === file.timestamp && group[0].category === file.category) {
        group.push(file);
        continue;
      }
      if (group !== undefined) yield group.sort(compareFiles);
      group = [file];
    }
    if (group !== undefined) yield group.sort(compareFiles);
  }
}

function byLength(from: number, to: number): readonly (readonly [number, number])[] {
  const pieces: [number, number][] = [];
  for (let start = from; start < to;) {
    const next = Math.min(to, nextMinute(10 ** String(start).length));
    pieces.push([start, next]);
    start = next;
  }
  return pieces;
}

function nextMinute(seconds: number): number {
  return Math.ceil(seconds / 60) * 60;
}

async function* listEqualLength<File extends MeteringFile>(
  source: FileSource<File>,
  range: ScanRange,
  logger: Logger,
  signal: AbortSignal | undefined,
): AsyncGenerator<File, void, undefined> {
  const targetIn = (timestamp: number): string => meteringKeyPrefix({ timestamp, ...targetInMinute(range) });
  const prefix = commonStart(targetIn(range.from), targetIn(range.to - 60));
  let position: string | undefined = targetIn(range.from);
  while (position !== undefined) {
    let listed = 0;
    const listing = source.list(prefix, { startAfter: position, signal });
    position = undefined;
    for await (const entry of listing) {
      const file = source.toFile(entry);
      if (file === undefined) logger.warn(`Skipped ${entry.key}: it is not the key of a metering page.`);
      else if (matches(file, range)) {
        yield file;
        continue;
      } else if (file.timestamp >= range.to && isOfLength(file.timestamp, range.from)) return;
      // Here the store would be asked for its next keys. Asking it for those that can match costs the same.
      if (++listed % keysPerRequest === 0 && file !== undefined) {
        position = [targetIn(file.timestamp), targetIn(file.timestamp + 60)].find(
          (target) => compareKeys(target, file.key) > 0,
        );
        if (position !== undefined) break;
      }
    }
  }
}

/** As much of the filter as says where in a minute's keys its records begin. */
function targetInMinute({ category, sharedPoolId, selfId }: ScanRange): Omit<ScanRange, "from" | "to"> {
  if (category === undefined) return {};
  return sharedPoolId === undefined ? { category } : { category, sharedPoolId, selfId };
}

function isOfLength(timestamp: number, other: number): boolean {
  return String(timestamp).length === String(other).length;
}

function matches(file: MeteringFile, { from, to, category, sharedPoolId, selfId }: ScanRange): boolean {
  return (
    file.timestamp >= from &&
    file.timestamp < to &&
    (category === undefined || file.category === category) &&
    (sharedPoolId === undefined || file.sharedPoolId === sharedPoolId) &&
    (selfId === undefined || file.selfId === selfId)
  );
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
