// `npm run bench:go [-- --runs 3] [--only TEXT] [--folder FOLDER]`: the workloads of internal/benchmarks that the Go SDK can do
// too, by both in turn, each run in a process of its own. Prints medians, the ratio of their times, and peak memory.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    folder: { type: "string", default: tmpdir() },
  },
});
const here = import.meta.dirname;
const tools = join(here, ".tools");
const goSdk = join(tools, "go-sdk");
execFileSync(join(here, "tools/go-sdk"), ["install"], {
  env: { ...process.env, INTEROP_TOOLS: tools },
  stdio: "inherit",
});

const print = (program, args) => execFileSync(program, args, { encoding: "utf8" });
const runOurs = (name) =>
  JSON.parse(print(process.execPath, [join(here, "../benchmarks/src/one-run.mjs"), name, values.folder]));

function runGo(name) {
  const folder = mkdtempSync(join(values.folder, "metering-bench-go-"));
  try {
    print(goSdk, ["prepare", name, folder]);
    return JSON.parse(print(goSdk, ["measure", name, folder]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const median = (runs, field) => runs.map((run) => run[field]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
const digits = (number) => number.toLocaleString("en-US", { maximumSignificantDigits: 3 });

const names = print(goSdk, ["workloads"]).trim().split("\n");
console.log("| workload | ours | Go | Go's time by ours | ours, processor | Go, processor | ours, peak | Go, peak |");
console.log(`|${" --- |".repeat(8)}`);
for (const name of names.filter((one) => one.includes(values.only))) {
  const ours = [];
  const go = [];
  for (let i = 0; i < Number(values.runs); i++) {
    ours.push(runOurs(name));
    go.push(runGo(name));
  }
  const both = (field, unit, scale = 1) => [ours, go].map((runs) => `${digits(median(runs, field) * scale)} ${unit}`);
  const ratio = `${digits(median(go, "seconds") / median(ours, "seconds"))} ×`;
  const cells = [name, ...both("seconds", "ms", 1000), ratio, ...both("cpuSeconds", "s"), ...both("peakMiB", "MiB")];
  console.log(`| ${cells.join(" | ")} |`);
}
