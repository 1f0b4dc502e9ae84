// Recorder and spool: how fast counting is, whether sealing a large minute holds up the process, and what a day costs that goes
// through a spool instead of directly into the bucket. Files are on the disk of the temporary folder.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Recorder } from "@metering/recorder";
import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";
import { MeteringWriter } from "@metering/writer";

const options = { category: "gateway", component: "gw-1", stamp: "start" };
const folders = [];
const open = () => {
  const basePath = mkdtempSync(join(tmpdir(), "metering-bench-"));
  folders.push(basePath);
  return new LocalFsStorage({ basePath });
};
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// ── Adds ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const count = 3_000_000;
const tenants = Array.from({ length: 1000 }, (_, i) => `c-${i}`);

function measureAdds(run) {
  const rates = Array.from({ length: 5 }, () => {
    const began = performance.now();
    run();
    return count / (performance.now() - began) / 1000;
  });
  return `${median(rates).toFixed(1)} (${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)})`;
}

const recorder = new Recorder({ write: async () => {} }, options);
const requests = recorder.counter("requests", { unit: "requests" });
const rows = tenants.map((cluster_id) => requests.row({ cluster_id }));
const map = new Map();
console.log("| adds to 1,000 rows | million/s, median of 5 (range) |\n| --- | --- |");
for (const [name, run] of [
  [
    "a bare `Map` of bigints",
    () => {
      for (let i = 0; i < count; i++) map.set(tenants[i % 1000], (map.get(tenants[i % 1000]) ?? 0n) + 3n);
    },
  ],
  [
    "`row.add(n)`",
    () => {
      for (let i = 0; i < count; i++) rows[i % 1000].add(3);
    },
  ],
  [
    "`counter.add({ cluster_id }, n)`",
    () => {
      for (let i = 0; i < count; i++) requests.add({ cluster_id: tenants[i % 1000] }, 3);
    },
  ],
  [
    "`counter.add` with three attributes",
    () => {
      for (let i = 0; i < count; i++) requests.add({ cluster_id: tenants[i % 1000], kind: "read", zone: 3 }, 3);
    },
  ],
]) {
  console.log(`| ${name} | ${measureAdds(run)} |`);
}
await recorder.close();

// ── Sealing ──────────────────────────────────────────────────────────────────────────────────────────────────────

const delays = [];
for (let round = 0; round < 5; round++) {
  const large = new Recorder(new MeteringWriter(open(), { ifExists: "verify" }), options);
  const meter = large.counter("requests", { unit: "requests" });
  for (let i = 0; i < 100_000; i++) meter.add({ cluster_id: `c-${i}`, kind: "read" }, i);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await large.close();
  delay.disable();
  delays.push(delay.max / 1e6);
}
console.log(
  `\nSealing and writing a minute of 100,000 rows: the event loop waits at most ${median(delays).toFixed(1)} ms (${Math.min(...delays).toFixed(1)} to ${Math.max(...delays).toFixed(1)})`,
);

// ── A day ────────────────────────────────────────────────────────────────────────────────────────────────────────

const start = 1_755_820_800;
const data = Array.from({ length: 1000 }, (_, i) => ({
  cluster_id: `c-${i}`,
  requests: { value: i, unit: "requests" },
}));
const record = (i) => ({ timestamp: start + i * 60, category: "gateway", selfId: "gw1", data });
const minutes = 1440;

async function measureDay(write) {
  const began = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < minutes) await write(record(next++));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return (performance.now() - began) / 1000;
}

const writer = new MeteringWriter(open(), { ifExists: "verify" });
const direct = await measureDay((one) => writer.write(one));
const spool = new Spool(open(), open());
const began = performance.now();
const kept = await measureDay((one) => spool.write(one));
await spool.drain();
const shipped = (performance.now() - began) / 1000;
await spool.close();
console.log(`\n| a day of 1,440 records of 1,000 rows, 8 at once | seconds |\n| --- | --- |`);
console.log(`| written directly | ${direct.toFixed(2)} |`);
console.log(`| kept in a spool, while it ships | ${kept.toFixed(2)} |`);
console.log(`| … and shipped | ${shipped.toFixed(2)} |`);

for (const folder of folders) rmSync(folder, { recursive: true, force: true });
