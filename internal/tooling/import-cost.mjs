// Measures what importing each built package costs on this machine: time and memory of a new process, against one that
// imports nothing. Medians; prints a table. Give the number of runs as the argument (default 15).
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { published, root } from "./published.mjs";

const runs = Number(process.argv[2] ?? 15);
const entries = published
  // The contract suite is loaded by vitest.
  .filter(({ name }) => name !== "@metering/storage-contract")
  .flatMap((manifest) => manifest.entries.map(({ name }) => name));

const measurement = (entry) => `
const before = process.memoryUsage.rss();
const start = performance.now();
${entry === undefined ? "" : `await import(${JSON.stringify(entry)});`}
console.log(JSON.stringify({ ms: performance.now() - start, bytes: process.memoryUsage.rss() - before }));`;

function measure(entry) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", measurement(entry)], {
    cwd: `${root}internal/tooling`,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${entry} does not load. Build first: npm run build\n${stderr}`);
  return JSON.parse(stdout);
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const results = new Map([undefined, ...entries].map((entry) => [entry, []]));
// Round by round, so that a busy moment does not hit one package alone.
for (let run = 0; run < runs; run++) {
  for (const [entry, found] of results) found.push(measure(entry));
}
const figures = (entry) => ({
  ms: median(results.get(entry).map(({ ms }) => ms)),
  bytes: median(results.get(entry).map(({ bytes }) => bytes)),
});
const nothing = figures(undefined);

console.log(`Node ${process.version}, ${cpus()[0]?.model}, median of ${runs}\n`);
console.log("| import | time | memory |\n| --- | --- | --- |");
for (const entry of entries) {
  const { ms, bytes } = figures(entry);
  const mebibytes = (bytes - nothing.bytes) / 2 ** 20;
  console.log(`| \`${entry}\` | ${(ms - nothing.ms).toFixed(0)} ms | ${mebibytes.toFixed(1)} MiB |`);
}
