import { isMeteringError, type CallOptions, type ObjectStorage } from "@metering/core";
import { attemptPrefix, newClosingId, tableKey, tableNames, type TableName } from "./closed-keys.ts";
import { storeManifest, type ClosedFile, type Closing } from "./manifest.ts";
import type { Column } from "./parquet-types.ts";
import { createRollup, rollupTables, type RollupRow } from "./rollup.ts";
import { sha256 } from "./sha256.ts";
import { sourceCells, type Source } from "./source.ts";
import { recordCells, rollupColumns, sourceColumns, usageColumns } from "./tables.ts";
import { createTotals } from "./totals.ts";
import { usageCells, type UsageValue } from "./usage.ts";
import { createTableWriter, type TableFile, type TableWriter } from "./write-table.ts";

/** What a closing says about itself before it is written. */
export type ClosingHead = Omit<
  Closing,
  "closing" | "closedAt" | "records" | "replaced" | "skipped" | "totals" | "completeness" | "files"
>;

/** What is known when the last record is added. */
export type ClosingTail = Pick<Closing, "closedAt" | "skipped" | "completeness">;

/** A record that a closing adds or takes back. */
export type ClosedRecord = Omit<Source, "closing" | "values">;

/** Writes the files of one closing. Nothing of them counts until its manifest is stored. */
export interface ClosingWriter {
  /** How many records were added or taken back so far. */
  readonly records: number;
  /** Adds a record, or takes one back. In ascending order of their minutes. */
  add(record: ClosedRecord, usage: readonly UsageValue[]): Promise<void>;
  /** Stores the files that are left, and makes the manifest. */
  end(tail: ClosingTail): Promise<Closing>;
  /** Removes the files that were stored, as far as it may. */
  abandon(): Promise<void>;
}

export function createClosingWriter(storage: ObjectStorage, head: ClosingHead, options: CallOptions): ClosingWriter {
  const closing = newClosingId(head.day, head.number);
  const files: ClosedFile[] = [];
  const totals = createTotals();
  let records = 0;
  let replaced = 0;

  const openTable = (table: TableName, columns: readonly Column[]): TableWriter => {
    let index = 0;
    return createTableWriter(table, columns, async ({ bytes, rows, from, to }: TableFile) => {
      const key = tableKey(table, head.day, closing, index++);
      const file = { table, key, rows, bytes: bytes.length, sha256: await sha256(bytes), from, to };
      await storage.put(key, bytes, options);
      files.push(file);
    });
  };
  const usageTable = openTable("usage", usageColumns(head));
  const sourceTable = openTable("sources", sourceColumns);
  const rollups = head.rollups.map((unit) => ({
    rollup: createRollup(unit, closing),
    table: openTable(rollupTables[unit], rollupColumns(head.attributes)),
  }));

  async function abandon(): Promise<void> {
    // Whoever asks for it has been aborted or has lost, so the caller's signal does not count here.
    await Promise.allSettled(files.map(({ key }) => storage.delete(key)));
  }

  return {
    get records() {
      return records + replaced;
    },
    async add(record, usage) {
      if (record.sign === 1) records++;
      else replaced++;
      const row = { ...record, closing, values: usage.length };
      await sourceTable.add(row.minute, sourceCells(row));
      const cells = recordCells(row);
      for (const value of usage) {
        totals.add({
          category: row.category,
          meter: value.meter,
          unit: value.unit,
          value: row.sign === 1 ? value.value : -value.value,
        });
        for (const { rollup, table } of rollups) await addRows(table, rollup.add(row, value));
        const waiting = usageTable.add(row.minute, cells, usageCells(value));
        if (waiting !== undefined) await waiting;
      }
    },
    async end(tail) {
      for (const { rollup, table } of rollups) {
        await addRows(table, rollup.end());
        await table.end();
      }
      await usageTable.end();
      await sourceTable.end();
      return { ...head, ...tail, closing, records, replaced, totals: totals.list(), files };
    },
    abandon,
  };
}

async function addRows(table: TableWriter, rows: Iterable<RollupRow>): Promise<void> {
  for (const { minute, cells } of rows) await table.add(minute, cells);
}

/**
 * Writes a closing: its files, and then its manifest, if no other is there.
 *
 * @param addRecords Adds the records. `undefined`: there are none, and no closing is wanted.
 * @returns the closing, or `undefined` if there is none of this writer's. Its files are removed then.
 */
export async function writeClosing(
  storage: ObjectStorage,
  head: ClosingHead,
  addRecords: (writer: ClosingWriter) => Promise<ClosingTail | undefined>,
  options: CallOptions,
): Promise<Closing | undefined> {
  const writer = createClosingWriter(storage, head, options);
  let closing: Closing | undefined;
  try {
    const tail = await addRecords(writer);
    closing = tail === undefined ? undefined : await writer.end(tail);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  if (closing !== undefined && (await isDecided(storage, closing, writer, options))) {
    // What is left of other attempts does not count, so failing to remove it is no failure of closing.
    await removeLeftovers(storage, closing, options).catch(() => {});
    return closing;
  }
  await writer.abandon();
  return undefined;
}

/** Stores the manifest. Returns whether it is the one that is there, and not another closer's. */
async function isDecided(
  storage: ObjectStorage,
  closing: Closing,
  writer: ClosingWriter,
  options: CallOptions,
): Promise<boolean> {
  try {
    const stored = await storeManifest(storage, closing, options);
    return stored.closing === closing.closing;
  } catch (error) {
    // After any other failure the manifest may be stored, so its files stay. The next attempt finds out.
    if (isMeteringError(error, "not-supported")) await writer.abandon();
    throw error;
  }
}

/** Removes the files of other attempts at the same closing: of crashed ones, and of those that have lost. */
async function removeLeftovers(storage: ObjectStorage, closing: Closing, options: CallOptions): Promise<void> {
  for await (const key of leftoversOf(storage, closing, options)) await storage.delete(key, options);
}

/** Files of attempts at this closing that its manifest does not name. They do not count. */
export async function* leftoversOf(
  storage: ObjectStorage,
  { day, number, files }: Closing,
  options: CallOptions,
): AsyncGenerator<string, void, undefined> {
  const named = new Set(files.map(({ key }) => key));
  for (const table of tableNames) {
    for await (const { key } of storage.list(attemptPrefix(table, day, number), { ...options, keysOnly: true })) {
      if (!named.has(key)) yield key;
    }
  }
}
