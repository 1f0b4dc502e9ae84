import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { toParquet, toSchema, type Cell, type Column } from "./parquet-types.ts";

/** A Parquet file that is ready to be stored. */
export interface TableFile {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** First and last minute of its rows, in Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** Writes the rows of one table to Parquet files. */
export interface TableWriter {
  /**
   * Adds a row, with a cell for each column: the first ones, which other rows may share, and the others. Waits while a full
   * file is stored.
   */
  add(minute: number, first: readonly Cell[], others?: readonly Cell[]): Promise<void> | undefined;
  /** Stores what is left. Call it once. */
  end(): Promise<void>;
}

// Engines skip whole row groups and read them side by side: DuckDB's own have 122,880 rows.
const rowsPerGroup = 122_880;
// Rows wait in memory until their group is full. Rows share most texts, so their real size is smaller.
const textPerGroup = 32 * 1024 * 1024;
// A file is in memory as a whole before it is stored.
const bytesPerFile = 32 * 1024 * 1024;

/** Starts a table. `store` is given each full file; a table without rows has no file. */
export function createTableWriter(
  table: string,
  columns: readonly Column[],
  store: (file: TableFile) => Promise<void>,
): TableWriter {
  const schema = toSchema(table, columns);
  let cells: Cell[][] = columns.map(() => []);
  let groupText = 0;
  let file = startFile();

  function startFile() {
    const bytes = new ByteWriter();
    const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: "@metering/closing" });
    return { bytes, parquet, rows: 0, from: Infinity, to: 0 };
  }

  function endGroup(): void {
    const groupRows = cells[0]?.length ?? 0;
    if (groupRows === 0) return;
    const columnData = columns.map(({ name, type, skippable = false }, index) => ({
      name,
      data: toParquet(cells[index] ?? [], type),
      statistics: skippable,
    }));
    void file.parquet.write({ columnData, rowGroupSize: groupRows });
    cells = columns.map(() => []);
    groupText = 0;
  }

  async function endFile(): Promise<void> {
    endGroup();
    if (file.rows === 0) return;
    void file.parquet.finish();
    const { bytes, rows, from, to } = file;
    file = startFile();
    await store({ bytes: bytes.getBytes(), rows, from, to });
  }

  return {
    add(minute, first, others = []) {
      let column = 0;
      for (const cell of first) cells[column++]?.push(cell);
      for (const cell of others) {
        if (typeof cell === "string") groupText += cell.length;
        cells[column++]?.push(cell);
      }
      file.rows++;
      file.from = Math.min(file.from, minute);
      file.to = Math.max(file.to, minute);
      if ((cells[0]?.length ?? 0) < rowsPerGroup && groupText < textPerGroup) return undefined;
      endGroup();
      return file.bytes.offset < bytesPerFile ? undefined : endFile();
    },
    end: endFile,
  };
}
