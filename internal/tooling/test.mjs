// `npm test`: every package's tests through nx (cached where nothing changed), then the totals over all of them.
// With the name of another target as the first argument: that one, such as `test:slow`.
import { spawn } from "node:child_process";
import { once } from "node:events";
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
const nx = spawn("nx", ["run-many", "-t", target, parallel, "--output-style=stream", ...options], {
  cwd: root,
  stdio: ["inherit", "pipe", "inherit"],
  env: process.stdout.isTTY ? { FORCE_COLOR: "1", ...process.env } : process.env,
  shell: process.platform === "win32",
});
const began = Date.now();
let printedAt = began;
nx.stdout.on("data", (output) => {
  printedAt = Date.now();
  process.stdout.write(output);
});
const progress = setInterval(() => {
  if (Date.now() - printedAt < 2000) return;
  printedAt = Date.now();
  console.log(`Tests are running … ${Math.round((printedAt - began) / 1000)} s`);
}, 100);
const [status] = await once(nx, "close");
clearInterval(progress);
printTotals(results);
process.exitCode = status ?? 1;
