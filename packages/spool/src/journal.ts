import {
  MeteringError,
  parseJson,
  stringifyJson,
  type JsonValue,
  type MeteringElement,
  type MeteringRecord,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { listFolder } from "./list-folder.ts";
import type { Runs } from "./runs.ts";

const journalFolder = "spool/journal/";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One row of a minute as it is now. Each replaces the one with the same number. */
export interface JournalRow {
  /** Number of the row in its record, from 0. */
  readonly row: number;
  readonly element: MeteringElement;
}

/** The journal of one open minute: see `Sink.journal` of the recorder. */
export interface Journal {
  keep(rows: readonly JournalRow[], options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  remove(): Promise<void>;
}

/** Opens journals of this process. Each call of `keep` is one object, so no journal is ever torn. */
export function createJournals(folder: ObjectStorage, runs: Runs): (minute: RecordId) => Journal {
  let opened = 0;
  return (minute) => {
    const run = runs.own;
    const prefix = `${journalFolder}${run}/${++opened}/`;
    const keys: string[] = [];
    return {
      async keep(rows, { signal } = {}) {
        signal?.throwIfAborted();
        if (run !== runs.own || !(await runs.isKnown())) throw adopted(prefix, folder);
        const key = `${prefix}${String(keys.length).padStart(8, "0")}.json`;
        const entries = rows.map(({ row, element }) => ({ row, element }));
        await folder.put(key, encoder.encode(stringifyJson({ minute: idOf(minute), rows: entries })), { signal });
        keys.push(key);
      },
      async remove() {
        for (const key of keys.splice(0)) await folder.delete(key);
      },
    };
  };
}

/** The minutes that a run left in its journals, each with the keys of its journal. */
export async function* readJournals(
  folder: ObjectStorage,
  run: string,
): AsyncGenerator<{ readonly record: MeteringRecord; readonly keys: readonly string[] }, void, undefined> {
  const journals = new Map<string, string[]>();
  for await (const { key } of listFolder(folder, `${journalFolder}${run}/`, { keysOnly: true })) {
    const journal = key.slice(0, key.lastIndexOf("/"));
    journals.set(journal, [...(journals.get(journal) ?? []), key]);
  }
  for (const keys of journals.values()) {
    const rows = new Map<number, MeteringElement>();
    let minute: RecordId | undefined;
    for (const key of keys) {
      const entry = parseEntry(decoder.decode(await folder.get(key)));
      minute = entry?.minute ?? minute;
      for (const { row, element } of entry?.rows ?? []) rows.set(row, element);
    }
    const data = [...rows].sort(([a], [b]) => a - b).map(([, element]) => element);
    if (minute !== undefined) yield { record: { ...minute, data }, keys };
  }
}

/** The runs that have journals. */
export async function listJournalRuns(folder: ObjectStorage): Promise<ReadonlySet<string>> {
  const runs = new Set<string>();
  for await (const { key } of listFolder(folder, journalFolder, { keysOnly: true })) {
    const run = key.slice(journalFolder.length).split("/")[0];
    if (run !== undefined) runs.add(run);
  }
  return runs;
}

function idOf({ timestamp, category, selfId, sharedPoolId }: RecordId): Record<string, JsonValue> {
  return { timestamp, category, selfId, ...(sharedPoolId === undefined ? {} : { sharedPoolId }) };
}

/** `undefined` for what is no entry of ours. */
function parseEntry(text: string): { readonly minute: RecordId; readonly rows: readonly JournalRow[] } | undefined {
  const value = parseJson(text);
  if (!isObject(value) || !isObject(value["minute"]) || !Array.isArray(value["rows"])) return undefined;
  const { timestamp, category, selfId, sharedPoolId } = value["minute"];
  if (typeof timestamp !== "number" || typeof category !== "string" || typeof selfId !== "string") return undefined;
  const pool = typeof sharedPoolId === "string" ? { sharedPoolId } : {};
  const rows: JournalRow[] = [];
  for (const entry of value["rows"]) {
    if (!isObject(entry) || typeof entry["row"] !== "number" || !isObject(entry["element"])) return undefined;
    rows.push({ row: entry["row"], element: entry["element"] });
  }
  return { minute: { timestamp, category, selfId, ...pool }, rows };
}

function isObject(value: unknown): value is MeteringElement {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function adopted(prefix: string, folder: ObjectStorage): MeteringError {
  return new MeteringError(
    "conflict",
    `Another process took this one for dead and wrote what its journal had (${prefix}). The minute must not be written again.`,
    { key: prefix, storage: folder.name },
  );
}
