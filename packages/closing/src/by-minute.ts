/** Items of one minute. */
export interface MinuteItems<Item> {
  /** Unix seconds. */
  readonly minute: number;
  readonly items: readonly Item[];
}

/** Groups items that come in ascending order of their minutes. */
export async function* groupByMinute<Item>(
  items: AsyncIterable<Item>,
  minuteOf: (item: Item) => number,
): AsyncGenerator<MinuteItems<Item>, void, undefined> {
  let group: { readonly minute: number; readonly items: Item[] } | undefined;
  for await (const item of items) {
    const minute = minuteOf(item);
    if (group?.minute !== minute) {
      if (group !== undefined) yield group;
      group = { minute, items: [] };
    }
    group.items.push(item);
  }
  if (group !== undefined) yield group;
}

/** Two groups of the same minute. One of them may have no items. */
export interface MinutePair<A, B> {
  readonly minute: number;
  readonly left: readonly A[];
  readonly right: readonly B[];
}

/** Brings two streams of minutes together, minute by minute. */
export async function* zipMinutes<A, B>(
  left: AsyncIterable<MinuteItems<A>>,
  right: AsyncIterable<MinuteItems<B>>,
): AsyncGenerator<MinutePair<A, B>, void, undefined> {
  const lefts = left[Symbol.asyncIterator]();
  const rights = right[Symbol.asyncIterator]();
  try {
    let a = await lefts.next();
    let b = await rights.next();
    while (a.done !== true || b.done !== true) {
      const minuteA = a.done === true ? Infinity : a.value.minute;
      const minuteB = b.done === true ? Infinity : b.value.minute;
      const minute = Math.min(minuteA, minuteB);
      yield {
        minute,
        left: a.done !== true && minuteA === minute ? a.value.items : [],
        right: b.done !== true && minuteB === minute ? b.value.items : [],
      };
      if (minuteA === minute) a = await lefts.next();
      if (minuteB === minute) b = await rights.next();
    }
  } finally {
    await lefts.return?.(undefined);
    await rights.return?.(undefined);
  }
}

/** Merges streams of minutes: the items of one minute follow each other in the order of the streams. */
export function mergeMinutes<Item>(
  streams: readonly AsyncIterable<MinuteItems<Item>>[],
): AsyncIterable<MinuteItems<Item>> {
  return streams.reduce((merged, stream) => concatMinutes(merged, stream));
}

async function* concatMinutes<Item>(
  first: AsyncIterable<MinuteItems<Item>>,
  second: AsyncIterable<MinuteItems<Item>>,
): AsyncGenerator<MinuteItems<Item>, void, undefined> {
  for await (const { minute, left, right } of zipMinutes(first, second)) yield { minute, items: [...left, ...right] };
}
