import { toJsonLine, type Integers, type JsonLine } from "./json-line.ts";
import type { ProgressLine } from "./progress.ts";
import type { Style } from "./style.ts";
import { tableLines, type TableColumn } from "./table.ts";
import type { TextStream } from "./text-stream.ts";

/** What the command was asked for: it goes to stdout, and nothing else does. */
export interface Output {
  readonly style: Style;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 elsewhere. */
  readonly columns: number;
  line(text: string): Promise<void>;
  json(line: JsonLine): Promise<void>;
  table<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): Promise<void>;
}

export function createOutput(stream: TextStream, style: Style, progress: ProgressLine, integers: Integers): Output {
  const line = (text: string) => {
    if (stream.isTerminal) progress.hide();
    return stream.write(`${text}\n`);
  };
  return {
    style,
    isTerminal: stream.isTerminal,
    get columns() {
      return stream.columns;
    },
    line,
    json: (value) => line(toJsonLine(value, integers)),
    async table(columns, rows) {
      for (const text of tableLines(columns, rows, style.strong)) await line(text);
    },
  };
}
