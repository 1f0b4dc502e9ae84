import { compareKeys, meteringKeyPrefix, type ListedObject, type ObjectStorage } from "@metering/core";
import type { Span } from "../input/moment.ts";
import { toBucketObject, type BucketObject } from "./bucket-object.ts";
import { isSelected, type Selection } from "./selection.ts";

/** Everything that these packages store lies below it. */
const root = "metering/";
const recordRoot = "metering/ru/";

/**
 * The selected objects below `metering/`, in the order of their keys, from one listing. With a narrow selection: pages, and
 * what lies among them and is none.
 */
export async function* listBucket(
  storage: ObjectStorage,
  selection: Selection,
  { sizes, signal }: { readonly sizes: boolean; readonly signal: AbortSignal },
): AsyncGenerator<BucketObject, void, undefined> {
  const { prefix, startAfter, end } = boundsOf(selection);
  const invalid: string[] = [];
  // A store may tell of names outside the bounds too.
  function* invalidNames(): Generator<BucketObject, void, undefined> {
    for (const key of invalid.splice(0)) {
      const isBefore = startAfter !== undefined && compareKeys(key, startAfter) <= 0;
      const isBehind = end !== undefined && compareKeys(key, end) >= 0;
      if (!isBefore && !isBehind) yield { kind: "unknown", key };
    }
  }
  const listing = storage.list(prefix, {
    startAfter,
    keysOnly: !sizes,
    onInvalidKey: (name) => invalid.push(name),
    signal,
  });
  for await (const object of listing) {
    yield* invalidNames();
    if (end !== undefined && compareKeys(object.key, end) >= 0) return;
    const found = toBucketObject(storedOf(object));
    if (found.kind !== "page" || isSelected(selection, found)) yield found;
  }
  yield* invalidNames();
}

function storedOf({ key, size = 0, lastModified }: ListedObject) {
  return { key, bytes: size, modified: lastModified && Math.floor(lastModified.getTime() / 1000) };
}

interface Bounds {
  readonly prefix: string;
  readonly startAfter?: string;
  /** The first key that is not wanted any more. */
  readonly end?: string;
}

function boundsOf({ range, isNarrow }: Selection): Bounds {
  if (!isNarrow) return { prefix: root };
  if (range === undefined || !isInKeyOrder(range)) return { prefix: recordRoot };
  const first = meteringKeyPrefix({ timestamp: range.from });
  const last = meteringKeyPrefix({ timestamp: range.to - 60 });
  // "0" is the character after "/".
  return { prefix: commonStart(first, last), startAfter: first, end: `${last.slice(0, -1)}0` };
}

/** Whether times have the same order as in keys. Those of ten digits do: from September 2001 to November 2286. */
export function isInKeyOrder({ from, to }: Span): boolean {
  return from >= 1_000_000_000 && to <= 10_000_000_000;
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
