import { compareKeys } from "@metering/core";
import type { BucketObject, PageObject } from "./bucket-object.ts";

/** The listed pages of one record, by part. The first may be another than part 0. */
export type RecordPages = readonly [PageObject, ...PageObject[]];

/** The records of one minute and category: plain layout before pools, then by self id. */
export interface RecordGroup {
  readonly kind: "records";
  readonly records: readonly RecordPages[];
}

/** Puts the pages of a listing together. The order is that of the listing, and one minute and category is in memory. */
export async function* groupRecords(
  objects: AsyncIterable<BucketObject>,
): AsyncGenerator<RecordGroup | Exclude<BucketObject, PageObject>, void, undefined> {
  let group: PageObject[] = [];
  for await (const object of objects) {
    if (object.kind !== "page") {
      yield object;
      continue;
    }
    const [first] = group;
    if (first !== undefined && (first.timestamp !== object.timestamp || first.category !== object.category)) {
      yield toRecords(group);
      group = [];
    }
    group.push(object);
  }
  if (group.length > 0) yield toRecords(group);
}

function toRecords(pages: PageObject[]): RecordGroup {
  const records: [PageObject, ...PageObject[]][] = [];
  for (const page of pages.sort(comparePages)) {
    const last = records.at(-1);
    if (last?.[0].selfId === page.selfId && last[0].sharedPoolId === page.sharedPoolId) last.push(page);
    else records.push([page]);
  }
  return { kind: "records", records };
}

function comparePages(a: PageObject, b: PageObject): number {
  return compareKeys(a.sharedPoolId ?? "", b.sharedPoolId ?? "") || compareKeys(a.selfId, b.selfId) || a.part - b.part;
}
