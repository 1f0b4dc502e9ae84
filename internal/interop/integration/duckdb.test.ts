import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { testClosed, testFiles, type Place } from "../src/engine-tests.ts";
import { startPython } from "../src/python-engine.ts";
import { statement } from "../src/statements.ts";

const engine = startPython("duckdb", "duckdb_sql.py", {
  DEFINITIONS: fileURLToPath(new URL("../../../examples/query-duckdb/usage.sql", import.meta.url)),
});
afterAll(engine.stop);

const ask = async (heading: string, { bucket, prefix }: Place) =>
  engine.ask({ sql: await statement("duckdb.sql", heading, { "s3://bucket/prefix": `s3://${bucket}/${prefix}` }) });

testFiles({
  totalsOfFiles: (place) => ask("Files of records", place),
  passesOverHidden: false,
  onDamage: { truncated: "stops", empty: "stops", "no gzip": "stops", "no JSON": "stops" },
});

testClosed((place) => ask("Closed periods", place));
