import type { SchemaElement } from "hyparquet";

/**
 * Types of columns, as Parquet has them. `seconds` is INT64, `int` INT32, `uint64` INT64 (UINT_64), and the decimals are
 * FIXED_LEN_BYTE_ARRAY with scale 0. Only converted types are written, which every engine knows.
 */
export type ColumnType = "text" | "int" | "seconds" | "uint64" | "decimal20" | "decimal38";

/** One column of a table. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether a row may lack it. Default: false. */
  readonly optional?: boolean | undefined;
  /** Whether engines skip row groups by its smallest and largest value. Costs time for each row. Default: false. */
  readonly skippable?: boolean | undefined;
}

/** A value of a row: text for `text`, a number for `int` and `seconds`, a bigint for the others. */
export type Cell = string | number | bigint | undefined;

/** The schema of a table, as its Parquet files declare it. */
export function toSchema(table: string, columns: readonly Column[]): SchemaElement[] {
  return [{ name: table, num_children: columns.length }, ...columns.map(toElement)];
}

const elementOf = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT32" },
  seconds: { type: "INT64" },
  uint64: { type: "INT64", converted_type: "UINT_64" },
  decimal20: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 9, converted_type: "DECIMAL", precision: 20, scale: 0 },
  decimal38: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, converted_type: "DECIMAL", precision: 38, scale: 0 },
} as const satisfies Record<ColumnType, Omit<SchemaElement, "name">>;

function toElement({ name, type, optional = false }: Column): SchemaElement {
  return { name, ...elementOf[type], repetition_type: optional ? "OPTIONAL" : "REQUIRED" };
}

/** The cells of a column as the writer takes them. */
export function toParquet(cells: Cell[], type: ColumnType): unknown[] {
  return type === "seconds" ? cells.map((cell) => (typeof cell === "number" ? BigInt(cell) : cell)) : cells;
}

/** A cell as the reader gives it, whose decimals are left as bytes. `undefined` if it is missing, or of another type. */
export function fromParquet(value: unknown, type: ColumnType): Cell {
  if (typeof value === "string" && type === "text") return value;
  if (typeof value === "number" && type === "int") return value;
  if (typeof value === "bigint" && type === "seconds") return Number(value);
  if (typeof value === "bigint" && type === "uint64") return value;
  if (value instanceof Uint8Array && (type === "decimal20" || type === "decimal38")) return signed(value);
  return undefined;
}

/** A big-endian integer in two's complement. */
function signed(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}
