import { afterAll } from "vitest";
import { testClosed, testFiles, type Place } from "../src/engine-tests.ts";
import type { Total } from "../src/expected-totals.ts";
import { statements } from "../src/statements.ts";
import { startTrino, type Row } from "../src/trino.ts";

const trino = await startTrino();
afterAll(trino.stop);

/** Makes the tables under one heading, runs the query under the other, and drops the tables. */
async function ask(
  tables: string,
  heading: string,
  { bucket, prefix }: Place,
  others: Readonly<Record<string, string>> = {},
): Promise<readonly Total[]> {
  const replacements = { "s3://bucket/prefix": `s3://${bucket}/${prefix}`, ...others };
  const creations = await statements("trino.sql", tables, replacements);
  const [sql = ""] = await statements("trino.sql", heading, replacements);
  for (const creation of creations) await trino.query(creation);
  try {
    return (await trino.query(sql)).map(toTotal);
  } finally {
    for (const creation of creations) await trino.query(`DROP TABLE ${/CREATE TABLE (\w+)/.exec(creation)?.[1]}`);
  }
}

function toTotal([tenant = null, meter, unit, total]: Row): Total {
  return { tenant, meter: String(meter), unit: String(unit), total: BigInt(String(total)) };
}

testFiles({
  totalsOfFiles: (place) => ask("Table of pages", "Files of records", place),
  passesOverHidden: true,
  onDamage: { truncated: "stops", empty: "passes over it", "no gzip": "stops", "no JSON": "stops" },
});

testClosed((place, values) =>
  values === "decimal"
    ? ask("Tables of closed periods", "Closed periods", place)
    : ask("Tables of closed periods", "Closed periods with UINT64", place, { "value decimal(20, 0)": "value bigint" }),
);
