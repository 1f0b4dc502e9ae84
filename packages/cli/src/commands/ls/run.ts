import type { Run } from "../../command.ts";
import type { BucketObject } from "../../bucket/bucket-object.ts";
import { listBucket } from "../../bucket/list-bucket.ts";
import { groupRecords, type RecordPages } from "../../bucket/records.ts";
import { selectionOf } from "../../bucket/selection.ts";
import { counted } from "../../output/numbers.ts";
import { createOthers } from "./others.ts";
import { showFigures, showFiles, showOthers, showRecords } from "./show.ts";
import { summarise } from "./summarise.ts";
import type { CommonFlags } from "../../common-flags.ts";
import type { RangeFlags } from "../../input/range.ts";
import type { ScopeFlags } from "../../input/scope.ts";

/** What can be asked for. */
export interface LsFlags extends CommonFlags, RangeFlags, ScopeFlags {
  /** What a line stands for. */
  readonly show: "days" | "minutes" | "categories" | "components" | "records" | "files";
}

export const run: Run<LsFlags, [address?: string]> = async (session, flags, address) => {
  const { signal, now, messages } = session;
  const { show, json } = flags;
  const selection = selectionOf(flags, now);
  const { storage } = await session.open(address);
  const others = createOthers(messages, storage.name);
  const progress = messages.progress({ done: "Listed", unit: "object" });
  let listed = 0;

  async function* objects(): AsyncGenerator<BucketObject, void, undefined> {
    for await (const object of listBucket(storage, selection, { sizes: true, signal })) {
      listed++;
      progress.add(1);
      others.add(object);
      yield object;
    }
  }
  async function* records(): AsyncGenerator<RecordPages, void, undefined> {
    for await (const group of groupRecords(objects())) if (group.kind === "records") yield* group.records;
  }

  if (show === "files") await showFiles(session, json, objects());
  else if (show === "records") await showRecords(session, json, records());
  else await showFigures(session, json, show, summarise(records(), show));
  progress.end();
  const found = others.end();
  if (show === "days" && !selection.isNarrow) await showOthers(session, json, found);
  if (listed === 0) messages.note(`There is nothing${selection.isNarrow ? " like that" : ""} in ${storage.name}.`);
  else messages.note(`${counted(listed, "object")}. Times are in UTC.`);
  return found.unknown.objects === 0 ? "clean" : "findings";
};
