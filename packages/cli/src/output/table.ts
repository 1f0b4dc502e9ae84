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

/** Makes the lines of a table, the titles first. A line ends with its text: nothing is cut, and no spaces trail. */
export interface TableWriter<Row> {
  /** The lines of more rows. Their columns are at least as wide as those of the rows before. */
  lines(rows: readonly Row[]): readonly string[];
}

export function createTableWriter<Row>(
  columns: readonly TableColumn<Row>[],
  markTitle: (text: string) => string,
): TableWriter<Row> {
  const widths = columns.map(({ title }) => stringWidth(title));
  let hasTitles = false;

  function fit(text: string, index: number): string {
    const padding = " ".repeat((widths[index] ?? 0) - stringWidth(text));
    if (columns[index]?.align === "right") return padding + text;
    return index === columns.length - 1 ? text : text + padding;
  }

  return {
    lines(rows) {
      const cells = rows.map((row) => columns.map(({ cell }) => printable(cell(row))));
      for (const line of cells) {
        for (const [index, text] of line.entries()) widths[index] = Math.max(widths[index] ?? 0, stringWidth(text));
      }
      const lines = rows.map((row, number) =>
        columns
          .map(({ mark }, index) => {
            const text = fit(cells[number]?.[index] ?? "", index);
            return mark === undefined ? text : mark(text, row);
          })
          .join(gap)
          .trimEnd(),
      );
      if (hasTitles) return lines;
      hasTitles = true;
      const titles = columns.map(({ title }, index) => fit(title, index)).join(gap);
      return [markTitle(titles.trimEnd()), ...lines];
    },
  };
}
