import type { Cell, Column, ColumnType } from "./parquet-types.ts";

/** How amounts are stored. */
export type ValueType = "uint64" | "decimal";

/** What decides the columns of a closed period. */
export interface TableSettings {
  /** Attributes with a column of their own, by which roll-ups are grouped too. */
  readonly attributes: readonly string[];
  readonly values: ValueType;
}

const valueColumn = (values: ValueType): ColumnType => (values === "uint64" ? "uint64" : "decimal20");

const attributeColumns = (attributes: readonly string[]): readonly Column[] =>
  attributes.map((name) => ({ name, type: "text", optional: true, skippable: true }));

/** Says which closing a row belongs to, and whether it adds (1) or takes back (−1). */
const closingColumns: readonly Column[] = [
  { name: "closing", type: "text", skippable: true },
  { name: "sign", type: "int" },
];

const recordColumns: readonly Column[] = [
  { name: "minute", type: "seconds", skippable: true },
  { name: "category", type: "text", skippable: true },
  { name: "shared_pool_id", type: "text", optional: true, skippable: true },
  { name: "self_id", type: "text" },
  { name: "component", type: "text" },
];

/** One row a metering value. */
export function usageColumns({ attributes, values }: TableSettings): readonly Column[] {
  return [
    ...closingColumns,
    ...recordColumns,
    { name: "meter", type: "text", skippable: true },
    { name: "unit", type: "text" },
    { name: "value", type: valueColumn(values) },
    { name: "attributes", type: "text" },
    ...attributeColumns(attributes),
  ];
}

/** One row a source record. */
export const sourceColumns: readonly Column[] = [
  ...closingColumns,
  ...recordColumns,
  { name: "state", type: "text" },
  { name: "digest", type: "text" },
  { name: "pages", type: "int" },
  { name: "values", type: "int" },
];

/** One row an hour or a day, with exact sums. `minute` is its first minute. */
export function rollupColumns(attributes: readonly string[]): readonly Column[] {
  return [
    { name: "closing", type: "text", skippable: true },
    { name: "minute", type: "seconds", skippable: true },
    { name: "category", type: "text", skippable: true },
    { name: "meter", type: "text", skippable: true },
    { name: "unit", type: "text" },
    { name: "value", type: "decimal38" },
    { name: "values", type: "int" },
    ...attributeColumns(attributes),
  ];
}

/** Names that no attribute with a column of its own may have. `day` is the column that engines make of the path. */
export const reservedColumns: ReadonlySet<string> = new Set(
  [...usageColumns({ attributes: [], values: "uint64" }), ...sourceColumns].map(({ name }) => name).concat("day"),
);

/** The record that a row of `usage` or `sources` is of. */
export interface RecordRow {
  /** The closing that added or took back the row. */
  readonly closing: string;
  /** 1: the row adds; −1: it takes back what an earlier closing added, because its record was changed since. */
  readonly sign: 1 | -1;
  /** Minute of the record, in Unix seconds. */
  readonly minute: number;
  readonly category: string;
  readonly sharedPoolId?: string | undefined;
  readonly selfId: string;
  readonly component: string;
}

/** The cells of {@link closingColumns} and {@link recordColumns}. */
export function recordCells(row: RecordRow): readonly Cell[] {
  return [row.closing, row.sign, row.minute, row.category, row.sharedPoolId, row.selfId, row.component];
}

/** How many cells {@link recordCells} makes. */
export const recordCellCount = closingColumns.length + recordColumns.length;

/** The reverse of {@link recordCells}; `undefined` if a cell has another type. */
export function toRecordRow(cells: readonly Cell[]): RecordRow | undefined {
  const [closing, sign, minute, category, sharedPoolId, selfId, component] = cells;
  if (typeof closing !== "string" || (sign !== 1 && sign !== -1) || typeof minute !== "number") return undefined;
  if (typeof category !== "string" || typeof selfId !== "string" || typeof component !== "string") return undefined;
  if (sharedPoolId === undefined) return { closing, sign, minute, category, selfId, component };
  if (typeof sharedPoolId !== "string") return undefined;
  return { closing, sign, minute, category, sharedPoolId, selfId, component };
}
