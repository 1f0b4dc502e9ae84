// `npm test`: every package's tests through nx (cached where nothing changed), then the totals over all of them.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { printTotals } from "./totals.mjs";

const root = new URL("../../", import.meta.url);
const results = ["packages", "internal"].flatMap((parent) =>
  readdirSync(new URL(`${parent}/`, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => new URL(`${parent}/${name}/.vitest/results.json`, root)),
);
// Tests that cannot even start leave no results; those of an earlier run must not stand in for them.
for (const file of results) rmSync(file, { force: true });
const { status } = spawnSync("nx", ["run-many", "-t", "test", "--output-style=stream", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  shell: process.platform === "win32",
});
printTotals(results);
process.exitCode = status ?? 1;
