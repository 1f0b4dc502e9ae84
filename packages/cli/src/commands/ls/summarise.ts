import { componentOf } from "@metering/core";
import type { PageObject } from "../../bucket/bucket-object.ts";
import { isInKeyOrder } from "../../bucket/list-bucket.ts";
import type { RecordPages } from "../../bucket/records.ts";
import { formatMoment } from "../../output/moments.ts";
import { createFiguresCounter, type Figures, type FiguresCounter } from "./figures.ts";

/** What figures can be for. */
export type Grouping = "days" | "minutes" | "categories" | "components";

const nameOf: Readonly<Record<Grouping, (page: PageObject) => string>> = {
  days: ({ timestamp }) => formatMoment(timestamp).slice(0, 10),
  minutes: ({ timestamp }) => formatMoment(timestamp),
  categories: ({ category }) => category,
  components: ({ category, selfId }) => `${category}/${componentOf(selfId)}`,
};

/**
 * Figures of records that come in the order of their keys. Those of a day or minute are given as soon as the next one begins;
 * all others at the end, by name.
 */
export async function* summarise(
  records: AsyncIterable<RecordPages>,
  grouping: Grouping,
): AsyncGenerator<Figures, void, undefined> {
  const open = new Map<string, FiguresCounter>();
  const isByTime = grouping === "days" || grouping === "minutes";
  let current: string | undefined;
  function* finish(name: string | undefined): Generator<Figures, void, undefined> {
    const counter = name === undefined ? undefined : open.get(name);
    if (name === undefined || counter === undefined) return;
    open.delete(name);
    yield counter.result();
  }
  for await (const record of records) {
    const [page] = record;
    const name = nameOf[grouping](page);
    // Times before 2001 lie between later ones, as their keys do. They stay open until the end.
    if (isByTime && name !== current && isInKeyOrder({ from: page.timestamp, to: page.timestamp })) {
      yield* finish(current);
      current = name;
    }
    let counter = open.get(name);
    if (counter === undefined) open.set(name, (counter = createFiguresCounter(name)));
    counter.add(record);
  }
  yield* finish(current);
  for (const name of [...open.keys()].sort()) yield* finish(name);
}
