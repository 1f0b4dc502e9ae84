import { afterAll } from "vitest";
import { testClosed } from "../src/engine-tests.ts";
import { startPython } from "../src/python-engine.ts";
import { statement, statements } from "../src/statements.ts";

const engine = startPython("datafusion", "datafusion_sql.py");
afterAll(engine.stop);

testClosed(async ({ bucket, prefix }) => {
  const replacements = { "s3://bucket/prefix": `s3://${bucket}/${prefix}` };
  const tables = await statements("datafusion.sql", "Tables of closed periods", replacements);
  const query = await statement("datafusion.sql", "Closed periods", replacements);
  return engine.ask({ bucket, statements: [...tables, query] });
});
