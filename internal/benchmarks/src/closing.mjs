// Closing a day, beside the scan that it rests on, and reading a month of closed days: from manifests, and by DuckDB from Parquet.
// Files are on a disk. --records 28800 says how many records the day has; each of them has one tenant with 8 values.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { closePeriod, late, readClosed, verifyClosed } from "@metering/closing";
import { MeteringReader } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { MemoryStorage } from "@metering/storage-memory";
import { MeteringWriter } from "@metering/writer";

const { values } = parseArgs({
  options: {
    records: { type: "string", default: "28800" },
    days: { type: "string", default: "30" },
    runs: { type: "string", default: "3" },
  },
});
const records = Number(values.records);
const days = Number(values.days);
const runs = Number(values.runs);
const perMinute = Math.ceil(records / 1440);
const midnight = Date.UTC(2025, 7, 1) / 1000;
const secondsPerDay = 86_400;
const nameOf = (index) => new Date((midnight + index * secondsPerDay) * 1000).toISOString().slice(0, 10);

const folder = mkdtempSync(join(tmpdir(), "metering-bench-"));
const storage = new LocalFsStorage({ basePath: folder });

async function timed(work) {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, result };
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers) =>
  `${median(numbers).toFixed(2)} s (${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)})`;
const mebibytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;

try {
  const day = { from: midnight, to: midnight + secondsPerDay };
  console.error(`writing ${records} records …`);
  const written = await timed(() => writeDay(storage, midnight));
  console.log(
    `| ${records} records of 8 values in a day, ${perMinute} a minute | median of ${runs} (range) |\n| --- | --- |`,
  );
  console.log(`| write them | ${written.seconds.toFixed(1)} s |`);

  const scans = [];
  const closings = [];
  for (let run = 0; run < runs; run++) {
    console.error(`run ${run + 1} of ${runs} …`);
    scans.push((await timed(scanDay(day))).seconds);
    closings.push((await timed(() => closePeriod(storage, { day: nameOf(0), attributes: ["cluster_id"] }))).seconds);
    if (run < runs - 1) rmSync(join(folder, "metering/closed"), { recursive: true });
  }
  console.log(`| scan it | ${spread(scans)} |`);
  console.log(
    `| close it | ${spread(closings)}, ${(median(scans) / median(closings)).toFixed(2)} of the scan's speed |`,
  );
  console.log(`| peak memory so far | ${mebibytes(process.resourceUsage().maxRSS * 1024)} |`);
  const arrivals = await timed(() => count(late(storage, { day: nameOf(0), changed: false })));
  console.log(`| look for what arrived | ${arrivals.seconds.toFixed(2)} s |`);
  const changes = await timed(() => count(late(storage, { day: nameOf(0) })));
  console.log(`| look for what arrived or changed | ${changes.seconds.toFixed(2)} s |`);
  const verified = await timed(() => count(verifyClosed(storage, { day: nameOf(0) })));
  console.log(`| verify it | ${verified.seconds.toFixed(2)} s |`);
  const [file] = readdirSync(join(folder, `metering/closed/usage/day=${nameOf(0)}`));
  const { size } = statSync(join(folder, `metering/closed/usage/day=${nameOf(0)}`, file));
  console.log(`| its Parquet | ${(size / 1024).toFixed(0)} KiB |`);

  console.error(`closing ${days - 1} more days …`);
  for (let index = 1; index < days; index++) {
    // Their records are in memory, so that only what is measured is on the disk.
    const recent = new MemoryStorage();
    await writeDay(recent, midnight + index * secondsPerDay);
    await closePeriod(joined(recent, storage), { day: nameOf(index), attributes: ["cluster_id"] });
    console.error(`  ${nameOf(index)}`);
  }
  const month = { from: midnight, to: midnight + days * secondsPerDay };
  const sums = [];
  for (let run = 0; run < 5; run++) sums.push((await timed(() => readClosed(storage, month))).seconds);
  console.log(`| sum ${days} days (${records * days} records) from manifests | ${spread(sums)} |`);
  const { totals } = await readClosed(storage, month);
  await sumByDuckDb(totals);
} finally {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Records in one storage, closed periods in another. */
function joined(recent, closed) {
  const of = (key) => (key.startsWith("metering/closed/") ? closed : recent);
  return {
    name: closed.name,
    id: closed.id,
    put: (key, ...rest) => of(key).put(key, ...rest),
    get: (key, ...rest) => of(key).get(key, ...rest),
    head: (key, ...rest) => of(key).head(key, ...rest),
    delete: (key, ...rest) => of(key).delete(key, ...rest),
    list: (prefix, ...rest) => of(prefix).list(prefix, ...rest),
    close: () => recent.close(),
    [Symbol.asyncDispose]: () => recent.close(),
  };
}

/** Stores a day: every minute as many records as fit. Elements share most of their values, as real ones do. */
async function writeDay(target, from) {
  const writer = new MeteringWriter(target);
  for (let minute = 0; minute < 1440; minute++) {
    const inMinute = Math.min(perMinute, records - minute * perMinute);
    await Promise.all(
      Array.from({ length: Math.max(inMinute, 0) }, (_, i) =>
        writer.write({
          timestamp: from + minute * 60,
          category: "gateway",
          selfId: `gw_${i}__0t5rxmkq3v9z2ab`,
          data: [elementOf(minute, i)],
        }),
      ),
    );
  }
}

function elementOf(minute, i) {
  const element = { cluster_id: `lc-${i % 1000}`, region: "eu-west-1" };
  for (let meter = 0; meter < 8; meter++)
    element[`meter_${meter}`] = { value: (minute * 7 + i * 13) % 5000, unit: "units" };
  return element;
}

function scanDay(range) {
  return async () => {
    let elements = 0;
    for await (const { data } of new MeteringReader(storage).scan(range)) elements += data.length;
    return elements;
  };
}

async function count(items) {
  let number = 0;
  for await (const _ of items) number++;
  return number;
}

async function sumByDuckDb(totals) {
  let duckdb;
  try {
    // Where the example with DuckDB has installed it. Whoever does not ask for it does not get its 68 MB.
    duckdb = createRequire(new URL("../../../examples/query-duckdb/", import.meta.url))("@duckdb/node-api");
  } catch {
    console.log("| the same by DuckDB from Parquet | left out: npm ci --prefix examples/query-duckdb |");
    return;
  }
  const instance = await duckdb.DuckDBInstance.create();
  const connection = await instance.connect();
  const sql = `SELECT category, meter, unit, sum(value::HUGEINT * sign)::VARCHAR AS value
    FROM read_parquet('${folder}/metering/closed/usage/*/*.parquet')
    WHERE closing IN (SELECT closing FROM read_json('${folder}/metering/closed/manifests/*/*.json', columns = {closing: 'VARCHAR'}))
    GROUP BY ALL ORDER BY ALL`;
  const times = [];
  let rows = [];
  for (let run = 0; run < 3; run++) {
    const { seconds, result } = await timed(async () => (await connection.runAndReadAll(sql)).getRowObjects());
    times.push(seconds);
    rows = result;
  }
  const same =
    JSON.stringify(rows) === JSON.stringify(totals.map((total) => ({ ...total, value: total.value.toString() })));
  console.log(`| the same by DuckDB from Parquet | ${spread(times)}, ${same ? "the same sums" : "OTHER SUMS"} |`);
}
