import { MeteringError, type CallOptions, type ObjectStorage } from "@metering/core";
import { groupByMinute, mergeMinutes, type MinuteItems } from "./by-minute.ts";
import type { ClosedFile, Closing } from "./manifest.ts";
import type { Cell, Column } from "./parquet-types.ts";
import { readTable, type Minutes } from "./read-table.ts";
import { sha256 } from "./sha256.ts";
import { recordKey, toSource, type Source } from "./source.ts";
import { rollupColumns, sourceColumns, usageColumns } from "./tables.ts";
import { toTotal } from "./rollup.ts";
import type { ClosedTotal } from "./totals.ts";
import { toUsage, type Usage } from "./usage.ts";

/** Where closed files are read. */
export interface ClosedTables {
  readonly storage: ObjectStorage;
  readonly options: CallOptions;
}

const allMinutes: Minutes = { from: 0, to: Infinity };

/** The rows of `usage` of one closing, in ascending order of their minutes: all that may be in the range, and some others. */
export function readUsage(tables: ClosedTables, closing: Closing, minutes = allMinutes): AsyncIterable<Usage> {
  return readRows(tables, closing, "usage", usageColumns(closing), toUsage, minutes);
}

/**
 * The records of a day that its closings have closed, minute by minute: what each closing added, less what a later one took
 * back.
 */
export async function* readSources(
  tables: ClosedTables,
  closings: readonly Closing[],
): AsyncGenerator<MinuteItems<Source>, void, undefined> {
  const streams = closings.map((closing) =>
    groupByMinute(readRows(tables, closing, "sources", sourceColumns, toSource, allMinutes), ({ minute }) => minute),
  );
  for await (const { minute, items } of mergeMinutes(streams)) {
    const closed = new Map<string, Source>();
    for (const source of items) {
      // What is taken back is added again, with other content, by the same closing.
      if (source.sign === 1) closed.set(recordKey(source), source);
    }
    yield { minute, items: [...closed.values()] };
  }
}

/** The sums of a roll-up of one closing. */
export function readRollup(
  tables: ClosedTables,
  closing: Closing,
  table: "hourly" | "daily",
): AsyncIterable<ClosedTotal> {
  return readRows(tables, closing, table, rollupColumns(closing.attributes), toTotal, allMinutes);
}

async function* readRows<Row>(
  tables: ClosedTables,
  closing: Closing,
  table: ClosedFile["table"],
  columns: readonly Column[],
  toRow: (cells: readonly Cell[]) => Row | undefined,
  minutes: Minutes,
): AsyncGenerator<Row, void, undefined> {
  const { name } = tables.storage;
  for (const file of closing.files) {
    if (file.table !== table || file.to < minutes.from || file.from > minutes.to) continue;
    const bytes = await readClosedFile(tables, file);
    for await (const cells of readTable(bytes, columns, minutes, { key: file.key, storage: name })) {
      const row = toRow(cells);
      if (row === undefined) throw changed(file, name);
      yield row;
    }
  }
}

/** @throws `invalid-format` if the file is not what its manifest says; `not-found`. */
export async function readClosedFile({ storage, options }: ClosedTables, file: ClosedFile): Promise<Uint8Array> {
  const bytes = await storage.get(file.key, options);
  if ((await sha256(bytes)) !== file.sha256) throw changed(file, storage.name);
  return bytes;
}

function changed({ key }: ClosedFile, storage: string): MeteringError {
  return new MeteringError(
    "invalid-format",
    `${key} in ${storage} is not the file that its manifest names. Restore it, or find out who changed it.`,
    { key, storage },
  );
}
