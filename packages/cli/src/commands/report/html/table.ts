import { html, type Html, type Part } from "./html.ts";

/** A column of a table. */
export interface HtmlColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Part;
  readonly isNumber?: boolean | undefined;
}

/** A table of the first rows, which says how many more there are. */
export function htmlTable<Row>(columns: readonly HtmlColumn<Row>[], rows: readonly Row[], most = 100): Html {
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th class="${look(column.isNumber)}">${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, most).map(
            (row) =>
              html`<tr>
                ${columns.map((column) => html`<td class="${look(column.isNumber)}">${column.cell(row)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rows.length > most ? html`<p class="faint">And ${rows.length - most} more.</p>` : ""}`;
}

const look = (isNumber: boolean | undefined) => (isNumber === true ? "number" : "");
