import { decodeMetadata, defaultMaxDecompressedBytes, type ObjectStorage } from "@metering/core";
import { isFinding } from "@metering/reader";
import { parallelMap } from "@metering/storage-kit";
import type { MetadataObject, PageObject, UnknownObject } from "../../bucket/bucket-object.ts";
import { listBucket } from "../../bucket/list-bucket.ts";
import { groupRecords, type RecordPages } from "../../bucket/records.ts";
import type { Selection } from "../../bucket/selection.ts";
import { checkRecord } from "./check-record.ts";
import type { Finding } from "./finding.ts";
import { readPage, type PageResult } from "./read-page.ts";

/** How many files are read at once. */
const concurrency = 8;

/** What was looked at in one step: a file, or something that needs no reading. */
export interface Checked {
  readonly kind: "page" | "metadata" | "name";
  /** Minute of a page: Unix seconds. */
  readonly timestamp?: number | undefined;
  /** Whether it was the last page of a record. */
  readonly endsRecord: boolean;
  readonly findings: Iterable<Finding>;
}

/** A record whose pages are being read. */
interface OpenRecord {
  readonly pages: RecordPages;
  readonly results: Map<number, PageResult>;
  awaited: number;
}

type Task =
  | { readonly kind: "page"; readonly page: PageObject; readonly record: OpenRecord }
  | { readonly kind: "found"; readonly finding: Finding }
  | MetadataObject;

/** Reads every selected file, in the order of the listing. In memory are a few files, and what their records say. */
export function checkBucket(
  storage: ObjectStorage,
  selection: Selection,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): AsyncGenerator<Checked, void, undefined> {
  return parallelMap(
    (stop) => tasksOf(storage, selection, stop),
    async (task, stop): Promise<Checked> => {
      if (task.kind === "found") return { kind: "name", endsRecord: false, findings: [task.finding] };
      if (task.kind === "metadata") {
        return { kind: "metadata", endsRecord: false, findings: await checkMetadata(storage, task, stop) };
      }
      const { page, record } = task;
      record.results.set(page.part, await readPage(storage, page.key, stop));
      // Whichever page of it comes last.
      const endsRecord = --record.awaited === 0;
      const findings = endsRecord ? checkRecord(record.pages, record.results, now) : [];
      return { kind: "page", timestamp: page.timestamp, endsRecord, findings };
    },
    { concurrency, signal },
  );
}

async function* tasksOf(
  storage: ObjectStorage,
  selection: Selection,
  signal: AbortSignal,
): AsyncGenerator<Task, void, undefined> {
  for await (const found of groupRecords(listBucket(storage, selection, { sizes: false, signal }))) {
    switch (found.kind) {
      case "records":
        for (const finding of duplicatesAmong(found.records)) yield { kind: "found", finding };
        for (const pages of found.records) {
          const record = { pages, results: new Map<number, PageResult>(), awaited: pages.length };
          for (const page of pages) yield { kind: "page", page, record };
        }
        break;
      case "metadata":
        yield found;
        break;
      case "unknown":
        yield { kind: "found", finding: unknownName(found) };
        break;
      case "closed":
      // Checked by `metering closed --verify`, which knows what they were made of.
    }
  }
}

function* duplicatesAmong(records: readonly RecordPages[]): Generator<Finding, void, undefined> {
  const bySelfId = new Map<string, string[]>();
  for (const [{ selfId, key }] of records) {
    const keys = bySelfId.get(selfId);
    if (keys === undefined) bySelfId.set(selfId, [key]);
    else keys.push(key);
  }
  for (const [key, ...others] of bySelfId.values()) {
    if (key === undefined || others.length === 0) continue;
    yield {
      severity: "error",
      problem: "duplicate",
      code: "duplicate-record",
      key,
      message: `${key} is stored elsewhere too, as ${others.join(", ")}: the same component's minute. Sums count it more than once. Find out which one counts.`,
    };
  }
}

function unknownName({ key }: UnknownObject): Finding {
  const mayBeUsage = /^metering\/(?:ru|meta)\//u.test(key);
  return {
    severity: mayBeUsage ? "error" : "notice",
    problem: "unknown-name",
    code: "unknown-key",
    key,
    message: `${key} is no name of a page, metadata or closed file${mayBeUsage ? ", so that nothing counts what is in it" : ""}. Find out who stored it.`,
  };
}

async function checkMetadata(
  storage: ObjectStorage,
  { key }: MetadataObject,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    await decodeMetadata(key, await storage.get(key, { maxBytes: defaultMaxDecompressedBytes, signal }));
    return [];
  } catch (error) {
    if (!isFinding(error)) throw error;
    const { code, message } = error;
    // It was overwritten or removed since it was listed.
    if (code === "not-found") return [];
    return [{ severity: "error", problem: "damaged-metadata", code, key, message }];
  }
}
