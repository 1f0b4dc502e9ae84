import { compareKeys, meteringKeyPrefix, type ObjectStorage } from "@metering/core";
import { unknownKey, type Findings } from "./findings.ts";
import { compareFiles, toMeteringFile, type MeteringFile } from "./metering-file.ts";

/** Which records to read. Filters apply to keys: what they leave out is not downloaded. */
export interface ScanRange {
  /** First minute: Unix seconds, a multiple of 60. */
  readonly from: number;
  /** Minute after the last one: Unix seconds, a multiple of 60. */
  readonly to: number;
  readonly category?: string | undefined;
  /** Only records of this pool. Default: every pool, and the plain layout. */
  readonly sharedPoolId?: string | undefined;
  readonly selfId?: string | undefined;
}

/** The files of one minute and category, in the order of {@link compareFiles}. */
export type CategoryFiles = readonly [MeteringFile, ...MeteringFile[]];

/** What listing needs. */
export interface ListContext {
  readonly storage: ObjectStorage;
  readonly range: ScanRange;
  readonly findings: Findings;
}

/** Every stored page in the range, minute by minute and category by category. Keys that are no page's are findings. */
export async function* listPages(
  context: ListContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<CategoryFiles, void, undefined> {
  const { from, to } = context.range;
  for (const range of splitByDigits(from, to)) {
    let group: [MeteringFile, ...MeteringFile[]] | undefined;
    for await (const file of listMatching({ ...context, range: { ...context.range, ...range } }, signal)) {
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

/** Timestamps with the same number of digits have the same order as numbers and as text. */
function splitByDigits(from: number, to: number): readonly Pick<ScanRange, "from" | "to">[] {
  const ranges: Pick<ScanRange, "from" | "to">[] = [];
  for (let start = from; start < to;) {
    const next = Math.min(to, nextMinute(10 ** String(start).length));
    ranges.push({ from: start, to: next });
    start = next;
  }
  return ranges;
}

function nextMinute(seconds: number): number {
  return Math.ceil(seconds / 60) * 60;
}

/** How many keys a store lists per request: 1,000 on S3 and OSS. Another number costs requests and nothing else. */
const keysPerRequest = 1000;

async function* listMatching(
  { storage, range, findings }: ListContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<MeteringFile, void, undefined> {
  const prefix = commonStart(startOf(range, range.from), startOf(range, range.to - 60));
  // After every key of the last minute: "0" is the character after "/".
  const end = `${meteringKeyPrefix({ timestamp: range.to - 60 }).slice(0, -1)}0`;
  const invalidKeys: string[] = [];
  const reportUnknown = (key: string): void => {
    // Keys before and after the range are listed where they share its first digits.
    const isInRange = compareKeys(key, meteringKeyPrefix({ timestamp: range.from })) > 0 && compareKeys(key, end) < 0;
    if (isInRange) findings.report(unknownKey(key, storage.name));
  };

  let position: string | undefined = startOf(range, range.from);
  while (position !== undefined) {
    let notMatching = 0;
    const listing = storage.list(prefix, {
      startAfter: position,
      keysOnly: true,
      onInvalidKey: (name) => invalidKeys.push(name),
      signal,
    });
    position = undefined;
    for await (const { key } of listing) {
      for (const name of invalidKeys.splice(0)) reportUnknown(name);
      const file = toMeteringFile(key);
      if (file === undefined) reportUnknown(key);
      else if (matches(file, range)) {
        yield file;
        continue;
      }
      if (compareKeys(key, end) >= 0) return;
      // The store would be asked for its next keys now. Asking it for the next ones that can match costs the same.
      if (++notMatching % keysPerRequest === 0) {
        position = nextStart(key, range);
        if (position !== undefined) break;
      }
    }
    for (const name of invalidKeys.splice(0)) reportUnknown(name);
  }
}

/** Where the keys of a minute begin that can match. */
function startOf({ category, sharedPoolId, selfId }: ScanRange, timestamp: number): string {
  if (category === undefined) return meteringKeyPrefix({ timestamp });
  return meteringKeyPrefix(
    sharedPoolId === undefined ? { timestamp, category } : { timestamp, category, sharedPoolId, selfId },
  );
}

/**
 * Where the first keys after `key` begin that can match, or `undefined` if nothing can be skipped. The key may be any
 * key, also one whose timestamp has another number of digits than those of the range.
 */
function nextStart(key: string, range: ScanRange): string | undefined {
  const digits = /^metering\/ru\/(\d+)\//.exec(key)?.[1];
  if (digits === undefined) return undefined;
  const length = String(range.from).length;
  // "17558460/" is before "1755846000/" and everything that follows it, and "1755846000123/" after "1755846000/".
  const seconds = digits.length > length ? Number(digits.slice(0, length)) + 1 : Number(digits.padEnd(length, "0"));
  const minute = Math.max(nextMinute(seconds), range.from);
  const next = [minute, minute + 60].find((candidate) => compareKeys(startOf(range, candidate), key) > 0);
  return next === undefined ? undefined : startOf(range, next);
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
