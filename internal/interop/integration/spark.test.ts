import { afterAll } from "vitest";
import { testClosed, testFiles, type Place } from "../src/engine-tests.ts";
import { installed } from "../src/programs.ts";
import { startPython } from "../src/python-engine.ts";
import { sqlFile } from "../src/statements.ts";

const engine = startPython("spark", "spark_job.py", { PROGRAM: sqlFile("spark.py"), JARS: installed("spark-s3/jars") });
afterAll(engine.stop);

const ask = (run: "totals_of_files" | "totals_of_closed", { bucket, prefix }: Place) =>
  engine.ask({ function: run, address: `s3a://${bucket}/${prefix}`, first: "2025-08-22", last: "2025-08-22" });

testFiles({
  totalsOfFiles: (place) => ask("totals_of_files", place),
  passesOverHidden: true,
  onDamage: { truncated: "stops", empty: "passes over it", "no gzip": "stops", "no JSON": "stops" },
});

testClosed((place) => ask("totals_of_closed", place));
