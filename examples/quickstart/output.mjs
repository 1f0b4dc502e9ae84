// What a person sees: progress on the way, tables at the end.

/** Progress on standard error: a line that is redrawn on a terminal, a line every quarter elsewhere. */
export function createProgress(what, total) {
  const terminal = process.stderr.isTTY;
  const began = performance.now();
  let count = 0;
  let shown = 0;
  return {
    advance() {
      count++;
      const percent = Math.floor((count / total) * 100);
      if (percent < shown + (terminal ? 1 : 25) || percent === 100) return;
      shown = percent;
      process.stderr.write(terminal ? `\r${what} ${percent} %` : `${what} ${percent} %\n`);
    },
    done() {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stderr.write(`${terminal ? "\r" : ""}${what} ${count} records: ${seconds} s\n`);
    },
  };
}

const shown = (cell) =>
  typeof cell === "number" || typeof cell === "bigint" ? cell.toLocaleString("en-US") : String(cell);

export function printTable(header, rows) {
  const cells = [header, ...rows.map((row) => row.map(shown))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  console.log();
  for (const [i, row] of cells.entries()) {
    const numeric = (column) => typeof rows[0]?.[column] !== "string";
    console.log(
      row
        .map((cell, column) => (numeric(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join("   "),
    );
    if (i === 0) console.log(widths.map((width) => "─".repeat(width)).join("   "));
  }
}
