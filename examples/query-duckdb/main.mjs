// A day of usage, summed by DuckDB from the files as they lie there and from the closed day, and checked against the reader's
// totals, exactly.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { closePeriod } from "@metering/closing";
import { MeteringReader, sumValues, toMinute } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { writeSample } from "./sample.mjs";

const from = toMinute(new Date("2025-08-22T00:00:00Z"));
const minutes = Array.from({ length: 1_440 }, (_, i) => from + i * 60);
const to = from + minutes.length * 60;

const folder = join(import.meta.dirname, "data");
await rm(folder, { recursive: true, force: true });
const storage = new LocalFsStorage({ basePath: folder });
console.error("Writing a day of usage …");
await writeSample(storage, minutes);

// ── With SQL ─────────────────────────────────────────────────────────────────────────────────────────────────────

const database = await DuckDBInstance.create();
const connection = await database.connect();
await connection.run(await readFile(join(import.meta.dirname, "usage.sql"), "utf8"));
const usageFiles = join(folder, "metering/ru/**/*.json.gz");
const metadataFiles = join(folder, "metering/meta/**/*.json.gz");

const began = performance.now();
const bySql = await query(
  "SELECT tenant, meter, unit, sum(value) AS total FROM metering_usage($usageFiles) GROUP BY ALL ORDER BY ALL",
  { usageFiles },
);
const sqlSeconds = (performance.now() - began) / 1000;

const byOwner = await query(
  `SELECT metadata ->> 'owner' AS owner, meter, unit, sum(value) AS total
   FROM metering_usage($usageFiles) AS used
   ASOF LEFT JOIN (
     SELECT * FROM metering_metadata($metadataFiles) WHERE type = 'logic' AND category IS NULL
   ) AS version ON used.tenant = version.cluster_id AND used.minute >= version.modify_ts
   GROUP BY ALL ORDER BY ALL`,
  { usageFiles, metadataFiles },
);
// ── From the closed day, which is Parquet ────────────────────────────────────────────────────────────────────────────

console.error("Closing the day …");
await closePeriod(storage, { from, to, incomplete: "skip" });
const closed = join(folder, "metering/closed");
const closedBegan = performance.now();
const byClosed = await query(
  "SELECT tenant, meter, unit, sum(value) AS total FROM metering_closed($closed, '2025-08-22') GROUP BY ALL",
  { closed },
);
const closedSeconds = (performance.now() - closedBegan) / 1000;
connection.closeSync();
database.closeSync();

// ── With the reader ──────────────────────────────────────────────────────────────────────────────────────────────

const readingBegan = performance.now();
async function* elements() {
  const records = new MeteringReader(storage).scan({ from, to }, { incomplete: "skip" });
  for await (const record of records) yield* record.data;
}
const byReader = await sumValues(elements(), ({ element, name, unit }) =>
  JSON.stringify([element.logical_cluster_id, name, unit]),
);
const readerSeconds = (performance.now() - readingBegan) / 1000;
await storage.close();

// ── The same? ────────────────────────────────────────────────────────────────────────────────────────────────────

print(
  "What each tenant stored",
  bySql.filter(({ meter }) => meter === "stored"),
  "tenant",
);
print("What each owner's tenants used", byOwner, "owner");

const seconds = [sqlSeconds, closedSeconds, readerSeconds].map((value) => value.toFixed(2));
console.log(
  `DuckDB ${seconds[0]} s, from the closed day ${seconds[1]} s, reader ${seconds[2]} s. The files lie in ${folder}`,
);
const differences = [...differencesOf(bySql), ...differencesOf(byClosed)];
if (differences.length > 0) {
  console.error(`DuckDB and the reader differ in ${differences.join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(
    `${byReader.size} totals of a day are the same from DuckDB, twice, and from the reader, to the last digit.`,
  );
}

/** What DuckDB and the reader do not agree about. */
function differencesOf(rows) {
  const sql = new Map(rows.map(({ tenant, meter, unit, total }) => [JSON.stringify([tenant, meter, unit]), total]));
  const keys = new Set([...sql.keys(), ...byReader.keys()]);
  return [...keys].filter((key) => sql.get(key) !== byReader.get(key)?.value);
}

/** Rows as objects; integers of every SQL type are bigints. */
async function query(statement, values) {
  const result = await connection.runAndReadAll(statement, values);
  return result.getRowObjects();
}

function print(title, rows, label) {
  console.log(title);
  for (const row of rows) {
    const what = `  ${row[label]}  ${row.meter}`.padEnd(20);
    console.log(`${what}${row.total.toLocaleString("en-US").padStart(32)} ${row.unit}`);
  }
  console.log();
}
