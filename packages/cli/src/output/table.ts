import stringWidth from "string-width";
import { printable } from "./printable.ts";

/** A column of a table for people. */
export interface TableColumn<Row> {
  readonly title: string;
  /** Text of its cell. Control characters are escaped. */
  readonly cell: (row: Row) => string;
  readonly align?: "left" | "right" | undefined;
  /** Marks a cell that has its width already. */
  readonly mark?: ((text: string, row: Row) => string) | undefined;
}

const gap = "  ";

/** The lines of a table, the titles first. A line ends with its text: nothing is cut, and no spaces trail. */
export function tableLines<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  markTitle: (text: string) => string,
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => printable(cell(row))));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((width, line) => Math.max(width, stringWidth(line[index] ?? "")), stringWidth(title)),
  );
  const fit = (text: string, index: number) => {
    const padding = " ".repeat((widths[index] ?? 0) - stringWidth(text));
    if (columns[index]?.align === "right") return padding + text;
    return index === columns.length - 1 ? text : text + padding;
  };
  const titles = columns.map(({ title }, index) => fit(title, index)).join(gap);
  const lines = rows.map((row, number) =>
    columns
      .map(({ mark }, index) => {
        const text = fit(cells[number]?.[index] ?? "", index);
        return mark === undefined ? text : mark(text, row);
      })
      .join(gap)
      .trimEnd(),
  );
  return [markTitle(titles.trimEnd()), ...lines];
}
