import { MeteringError } from "@metering/core";
import { parquetMetadataAsync, parquetRead, type AsyncBuffer, type FileMetaData } from "hyparquet";
import { fromParquet, type Cell, type Column } from "./parquet-types.ts";

/** A range of minutes in Unix seconds, both included. */
export interface Minutes {
  readonly from: number;
  readonly to: number;
}

/** Where a file lies: for messages. */
export interface TableLocation {
  readonly key: string;
  readonly storage: string;
}

/**
 * The rows of those row groups of a Parquet file that may have a minute of the range. A row has a cell for each of
 * `columns`, of which `minute` must be one.
 *
 * @throws `invalid-format` if the file is not such a table.
 */
export async function* readTable(
  bytes: Uint8Array,
  columns: readonly Column[],
  { from, to }: Minutes,
  { key, storage }: TableLocation,
): AsyncGenerator<readonly Cell[], void, undefined> {
  const invalid = (problem: string, cause?: unknown): MeteringError =>
    new MeteringError(
      "invalid-format",
      `${key} in ${storage} is no file of a closed period: ${problem}. Verify the period.`,
      { key, storage, cause },
    );
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end = bytes.byteLength) => bytes.slice(start, end).buffer,
  };
  const minuteIndex = columns.findIndex(({ name }) => name === "minute");

  const metadata = await attempt(() => parquetMetadataAsync(file));
  const names = new Set(metadata.schema.slice(1).map(({ name }) => name));
  const missing = columns.find(({ name }) => !names.has(name));
  if (missing !== undefined) throw invalid(`it has no column ${missing.name}`);
  // The library rounds decimals. Without the annotation it gives their bytes.
  for (const element of metadata.schema) {
    if (element.converted_type === "DECIMAL") {
      delete element.converted_type;
      delete element.logical_type;
    }
  }

  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    if (overlaps(group, from, to)) {
      for (const values of await readRows(start, end)) {
        const row = columns.map(({ type }, index) => fromParquet(values[index], type));
        const minute = row[minuteIndex];
        if (typeof minute !== "number") throw invalid("a row has no minute");
        yield row;
      }
    }
    start = end;
  }

  async function readRows(rowStart: number, rowEnd: number): Promise<readonly unknown[][]> {
    let rows: readonly unknown[][] = [];
    await attempt(() =>
      parquetRead({
        file,
        metadata,
        columns: columns.map(({ name }) => name),
        rowStart,
        rowEnd,
        utf8: false,
        onComplete: (read) => (rows = read),
      }),
    );
    return rows;
  }

  async function attempt<Result>(read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      throw invalid("it cannot be read as Parquet", error);
    }
  }
}

/** Whether a row group may have rows in the range. */
function overlaps({ columns }: FileMetaData["row_groups"][number], from: number, to: number): boolean {
  const statistics = columns.find(({ meta_data }) => meta_data?.path_in_schema.join(".") === "minute")?.meta_data
    ?.statistics;
  const { min_value: min, max_value: max } = statistics ?? {};
  if (typeof min !== "bigint" || typeof max !== "bigint") return true;
  return max >= from && min <= to;
}
