import { MeteringError, type MeteringElement } from "@metering/core";
import { copyOf, identityOf, type Attributes } from "./attributes.ts";
import { createColumn, type Column } from "./column.ts";
import type { MeterDefinition } from "./meter.ts";

/** What is counted in one minute: rows by attributes, and a column for each meter. */
export interface Minute {
  /** Start of the minute in Unix milliseconds. */
  readonly startMs: number;
  /** How many rows it has. */
  readonly rows: number;
  /** Number of the row with these attributes; a new one if there is none. Throws as {@link identityOf}, and `too-large`. */
  rowOf(attributes: Attributes): number;
  /** Number of the row with this identity; a new one if there is none. */
  rowWith(identity: string, attributes: MeteringElement): number;
  /** Combines an amount with that of a meter in a row. */
  combine(meter: MeterDefinition, row: number, amount: number | bigint): void;
  /** The element of a row as it is now. */
  elementOf(row: number): MeteringElement;
  /** Rows that changed since the last call. Only where changes are tracked. */
  takeChanged(): readonly number[];
}

/** What minutes of one recorder share. */
export interface MinuteContext {
  readonly meters: readonly MeterDefinition[];
  readonly fixed: MeteringElement;
  /** Names of meters and of fixed attributes. */
  readonly reserved: ReadonlySet<string>;
  readonly maxRows: number;
  /** Whether `takeChanged` is used. */
  readonly tracksChanges: boolean;
}

// The rows by their attributes in the order in which callers give them: much faster than making an identity each time.
interface Node {
  readonly names: Map<string, Map<string | number | bigint, Node>>;
  row: number;
}

const createNode = (): Node => ({ names: new Map(), row: -1 });

export function createMinute(startMs: number, context: MinuteContext): Minute {
  const { fixed, reserved, maxRows, tracksChanges } = context;
  const rowsByIdentity = new Map<string, number>();
  const attributesOf: MeteringElement[] = [];
  const columns: Column[] = [];
  const root = createNode();
  let changed: number[] = [];
  let changedMarks = new Uint8Array(64);

  const rowWith = (identity: string, attributes: MeteringElement): number => {
    const known = rowsByIdentity.get(identity);
    if (known !== undefined) return known;
    const row = attributesOf.length;
    if (row >= maxRows) throw tooManyRows(maxRows);
    rowsByIdentity.set(identity, row);
    attributesOf.push(attributes);
    return row;
  };

  const find = (attributes: Attributes): Node | undefined => {
    let node: Node | undefined = root;
    for (const name in attributes) {
      const value: string | number | bigint | undefined = attributes[name];
      node = value === undefined ? undefined : node.names.get(name)?.get(value);
      if (node === undefined) return undefined;
    }
    return node;
  };

  const insert = (attributes: Attributes): Node => {
    let node = root;
    for (const [name, value] of Object.entries(attributes)) {
      const values = node.names.get(name) ?? new Map<string | number | bigint, Node>();
      node.names.set(name, values);
      const next = values.get(value) ?? createNode();
      values.set(value, next);
      node = next;
    }
    return node;
  };

  const markChanged = (row: number): void => {
    if (row >= changedMarks.length) {
      const larger = new Uint8Array(Math.max(2 * changedMarks.length, row + 1));
      larger.set(changedMarks);
      changedMarks = larger;
    }
    if (changedMarks[row] === 1) return;
    changedMarks[row] = 1;
    changed.push(row);
  };

  return {
    startMs,
    get rows() {
      return attributesOf.length;
    },
    rowOf(attributes) {
      const known = find(attributes)?.row ?? -1;
      if (known !== -1) return known;
      const row = rowWith(identityOf(attributes, reserved), copyOf(attributes));
      insert(attributes).row = row;
      return row;
    },
    rowWith,
    combine(meter, row, amount) {
      const column = (columns[meter.index] ??= createColumn(meter.combine));
      column.combine(row, amount);
      if (tracksChanges) markChanged(row);
    },
    elementOf(row) {
      const element: Record<string, MeteringElement[string]> = { ...fixed, ...attributesOf[row] };
      for (const { index, name, unit } of context.meters) {
        const value = columns[index]?.get(row);
        if (value !== undefined) element[name] = unit === undefined ? value : { value, unit };
      }
      return element;
    },
    takeChanged() {
      const rows = changed;
      changed = [];
      for (const row of rows) changedMarks[row] = 0;
      return rows;
    },
  };
}

function tooManyRows(maxRows: number): MeteringError {
  return new MeteringError(
    "too-large",
    `The minute has ${maxRows} rows already. Nothing was counted. Use fewer attributes, or raise maxRows.`,
  );
}
