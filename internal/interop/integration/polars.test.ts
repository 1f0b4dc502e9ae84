import { afterAll } from "vitest";
import { testClosed } from "../src/engine-tests.ts";
import { startPython } from "../src/python-engine.ts";
import { sqlFile } from "../src/statements.ts";

const engine = startPython("polars", "polars_closed.py", { PROGRAM: sqlFile("polars.py") });
afterAll(engine.stop);

testClosed(({ bucket, prefix }) => engine.ask({ address: `s3://${bucket}/${prefix}`, days: "2025-08-*" }));
