// `npm test`: every package's tests through nx (cached where nothing changed), then the totals over all of them.
// With the name of another target as the first argument: that one, such as `test:slow`.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { printTotals } from "./totals.mjs";

const root = new URL("../../", import.meta.url);
const options = process.argv.slice(2);
const target = options[0]?.startsWith("test:") ? options.shift() : "test";
const file = target === "test" ? "results.json" : `${target.replace("test:", "")}-results.json`;
const results = ["packages", "internal"].flatMap((parent) =>
  readdirSync(new URL(`${parent}/`, root), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => new URL(`${parent}/${name}/.vitest/${file}`, root)),
);
// Tests that cannot even start leave no results; those of an earlier run must not stand in for them.
for (const path of results) rmSync(path, { force: true });
// More than there are cores: tests wait for timers, servers and processes.
const parallel = `--parallel=${availableParallelism() + 1}`;
const { status } = spawnSync("nx", ["run-many", "-t", target, parallel, "--output-style=stream", ...options], {
  cwd: root,
  stdio: "inherit",
  shell: process.platform === "win32",
});
printTotals(results);
process.exitCode = status ?? 1;
