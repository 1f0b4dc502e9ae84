import { toJson, toJsonLine, type Integers, type JsonLine } from "./json-line.ts";
import { prettyJson } from "./pretty-json.ts";
import type { ProgressLine } from "./progress.ts";
import type { Style } from "./style.ts";
import { createTableWriter, type TableColumn } from "./table.ts";
import type { TextStream } from "./text-stream.ts";

/** What the command was asked for: it goes to stdout, and nothing else does. */
export interface Output {
  readonly style: Style;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 elsewhere. */
  readonly columns: number;
  line(text: string): Promise<void>;
  json(line: JsonLine): Promise<void>;
  /** The same for people: over several lines. */
  prettyJson(value: JsonLine): Promise<void>;
  /** All rows at once, or rows as they come, of which some hundreds are in memory. Nothing at all if there are no such rows. */
  table<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[] | AsyncIterable<Row>): Promise<void>;
}

/** So many rows have the same widths, where they come one by one. */
const rowsTogether = 500;

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
    prettyJson: (value) => line(prettyJson(toJson(value, integers))),
    async table<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[] | AsyncIterable<Row>) {
      const table = createTableWriter(columns, style.strong);
      const write = async (some: readonly Row[]) => {
        for (const text of table.lines(some)) await line(text);
      };
      if (!(Symbol.asyncIterator in rows)) return write(rows);
      let waiting: Row[] = [];
      for await (const row of rows) {
        waiting.push(row);
        if (waiting.length < rowsTogether) continue;
        await write(waiting);
        waiting = [];
      }
      if (waiting.length > 0) await write(waiting);
    },
  };
}
