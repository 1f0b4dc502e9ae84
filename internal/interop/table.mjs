// The table of who was tested, on the terminal and in `docs/interop.md`.
import { readFileSync, writeFileSync } from "node:fs";

const document = new URL("../../docs/interop.md", import.meta.url);
const [begin, end] = ["<!-- table -->", "<!-- end of table -->"];

/** @typedef {{ who: string, version: string, what: string, passed: number, failed: number }} Row */

/** @param {Row} row */
function result({ passed, failed }) {
  if (failed > 0) return `${failed} failed, ${passed} passed`;
  return passed > 0 ? `${passed} passed` : "left out";
}

/** @param {readonly (readonly string[])[]} lines */
const toMarkdown = (lines) => lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** @param {readonly Row[]} rows */
export function printTable(rows) {
  const lines = [
    ["who", "version", "what", "result"],
    ...rows.map((row) => [row.who, row.version, row.what, result(row)]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  console.log(`\n${toMarkdown(lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column]))))}\n`);
}

/**
 * Replaces the rows of the parts that ran. A part that was left out keeps the rows of an earlier run.
 *
 * @param {readonly { who: string }[]} parts in the order of the table
 * @param {readonly Row[]} rows
 */
export async function updateDocument(parts, rows) {
  // Not needed where only programs are installed, which CI does before there are any packages.
  const { format, resolveConfig } = await import("prettier");
  const date = new Date().toISOString().slice(0, 10);
  const [before, rest] = readFileSync(document, "utf8").split(begin);
  const [table, after] = rest.split(end);
  const old = table.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const lines = parts.flatMap(({ who }) => {
    const ran = rows.filter((row) => row.who === who && row.passed + row.failed > 0);
    if (ran.length === 0) return old.filter(([cell]) => cell === who);
    return ran.map((row) => [who, row.version, row.what, result(row), date]);
  });
  const header = ["who", "version", "what", "result", "run on"];
  const updated = `${before}${begin}\n\n${toMarkdown([header, header.map(() => "---"), ...lines])}\n\n${end}${after}`;
  writeFileSync(document, await format(updated, { ...(await resolveConfig(document)), parser: "markdown" }));
}
