// What a person sees: one line a step, tables, and a chart.

/** Runs one step and prints what it did and how long it took. */
export async function step(name, run) {
  const began = performance.now();
  const result = await run();
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

const shown = (cell) =>
  typeof cell === "number" || typeof cell === "bigint" ? cell.toLocaleString("en-US") : String(cell);

export function printTable(header, rows) {
  const cells = [header, ...rows.map((row) => row.map(shown))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const numeric = (column) => typeof rows[0]?.[column] !== "string";
  console.log();
  for (const [i, row] of cells.entries()) {
    const line = row.map((cell, column) => cell[numeric(column) ? "padStart" : "padEnd"](widths[column])).join("   ");
    console.log(line.trimEnd());
    if (i === 0) console.log(widths.map((width) => "─".repeat(width)).join("   "));
  }
}

/** One column a value, four lines high. */
export function printChart(title, values) {
  const levels = " ▁▂▃▄▅▆▇█";
  const height = 4;
  const most = Math.max(...values, 1);
  console.log(`\n${title}`);
  for (let line = height - 1; line >= 0; line--) {
    const columns = values.map((value) => {
      const eighths = Math.round((value / most) * height * 8) - line * 8;
      return levels[Math.min(8, Math.max(0, eighths))];
    });
    console.log(`  ${columns.join("")}`);
  }
}
