import { afterAll } from "vitest";
import { ceph } from "../src/ceph.ts";
import { testClosed, testFiles, type Place } from "../src/engine-tests.ts";
import { startPython } from "../src/python-engine.ts";
import { statement } from "../src/statements.ts";

const engine = startPython("clickhouse", "clickhouse.py", {
  AWS_ACCESS_KEY_ID: ceph.accessKeyId,
  AWS_SECRET_ACCESS_KEY: ceph.secretAccessKey,
});
afterAll(engine.stop);

const ask = async (heading: string, { bucket, prefix }: Place) =>
  engine.ask({
    sql: await statement("clickhouse.sql", heading, {
      "https://bucket.s3.eu-west-1.amazonaws.com/prefix": `${ceph.endpoint}/${bucket}/${prefix}`,
    }),
  });

testFiles({
  totalsOfFiles: (place) => ask("Files of records", place),
  passesOverHidden: false,
  onDamage: { truncated: "stops", empty: "passes over it", "no gzip": "stops", "no JSON": "stops" },
});

testClosed((place) => ask("Closed periods", place));
