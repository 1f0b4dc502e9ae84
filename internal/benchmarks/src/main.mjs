// Runs the workloads and prints a table: median, spread, CPU time and peak memory of each.
//
//   npm run bench -- [--runs 5] [--only TEXT] [--folder /dev/shm | --s3] [--against OTHER_CHECKOUT]
//
// With --s3, the workloads that are no larger than a server in a test can bear run on the S3 server of the environment;
// npm run bench:s3 starts one. With --against, each workload runs in turn here and in another checkout (built before), with the ratio of the medians.
import { spawnSync } from "node:child_process";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    only: { type: "string", default: "" },
    folder: { type: "string", default: tmpdir() },
    s3: { type: "boolean", default: false },
    against: { type: "string" },
  },
});
const here = fileURLToPath(new URL("one-run.mjs", import.meta.url));
const other = values.against && join(values.against, "internal/benchmarks/src/one-run.mjs");
const { workloads, isForFolders } = await import("./workloads.mjs");
const names = Object.keys(workloads).filter((name) => name.includes(values.only) && !(values.s3 && isForFolders(name)));
const where = values.s3 ? "s3" : values.folder;

function runOnce(program, name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, name, where], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout);
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const column = (runs, field) => runs.map((run) => run[field]);
const digits = (number) => number.toLocaleString("en-US", { maximumSignificantDigits: 3 });

function describe(runs) {
  const seconds = column(runs, "seconds");
  const middle = median(seconds);
  const { bytes, records } = runs[0];
  return [
    `${digits(middle * 1000)} ms`,
    `${digits(Math.min(...seconds) * 1000)}–${digits(Math.max(...seconds) * 1000)}`,
    bytes === undefined ? "" : digits(bytes / 1e6 / middle),
    digits(records / middle),
    `${digits(median(column(runs, "cpuSeconds")))} s`,
    `${digits(median(column(runs, "peakMiB")))} MiB`,
  ];
}

const [{ model }] = cpus();
console.log(
  `Node ${process.version}, ${cpus().length} × ${model.trim()}, ${digits(totalmem() / 2 ** 30)} GiB, files ${values.s3 ? "on a real S3 server" : `in ${values.folder}`}, medians of ${values.runs} runs.\n`,
);
const header = ["workload", "time", "min–max", "MB/s of JSON", "records/s", "CPU", "peak memory"];
if (other !== undefined) header.push("time against the other");
console.log(`| ${header.join(" | ")} |\n|${" --- |".repeat(header.length)}`);
for (const name of names) {
  const runs = [];
  const others = [];
  for (let i = 0; i < Number(values.runs); i++) {
    runs.push(runOnce(here, name));
    if (other !== undefined) others.push(runOnce(other, name));
  }
  const cells = [name, ...describe(runs)];
  if (other !== undefined) cells.push(digits(median(column(runs, "seconds")) / median(column(others, "seconds"))));
  console.log(`| ${cells.join(" | ")} |`);
}
