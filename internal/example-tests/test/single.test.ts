import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ossPlace, roleArn, s3Place, storedKeys } from "./places.ts";
import { copyExample, examples, keysIn, start } from "./run-example.ts";

// The examples that say themselves where their files lie.

test("s3-assume-role writes a record with the session of a role", async () => {
  const { environment, open } = await s3Place();
  const folder = await copyExample("s3-assume-role");
  const role = { S3_ROLE_ARN: roleArn, S3_STS_ENDPOINT: environment["S3_ENDPOINT"] ?? "" };
  const output = await start(folder, { ...environment, ...role });
  expect(output).toContain(roleArn);
  expect(keysIn(output)).toEqual(await storedKeys(open(folder)));
});

describe("oss-assume-role", () => {
  // The STS endpoint of the test server has a certificate that nobody trusts. In place of a pod's identity, which is
  // exchanged at an address that cannot be chosen, the keys of the environment assume the role.
  test.each(["start", "start:ack"])("%s writes a record with the session of a role", async (script) => {
    const { environment, open } = await ossPlace();
    const folder = await copyExample("oss-assume-role");
    const output = await start(folder, { ...environment, NODE_TLS_REJECT_UNAUTHORIZED: "0" }, script);
    expect(keysIn(output)).toHaveLength(1);
    expect(keysIn(output)).toEqual(await storedKeys(open(folder)));
  });
});

test("prometheus shows a page with what was stored, read and waits", async () => {
  const output = await start(await copyExample("prometheus"));
  expect(output).toMatch(/^metering_operation_duration_count\{metering_operation_name="put".*\} 1$/m);
  expect(output).toMatch(/^metering_operation_records_total\{metering_operation_name="scan".*\} 1$/m);
  expect(output).toMatch(/^metering_recorder_last_closed\{.*\} \d{10}$/m);
  expect(output).toMatch(/^metering_spool_waiting\{.*\} 0$/m);
  // What Prometheus itself demands of a line: a name, labels, a number.
  const lines = output.trim().split("\n").slice(2);
  for (const line of lines) expect(line).toMatch(/^[a-z_]+\{([a-z_]+="[^"]*",?)*\} [\d.e+-]+$/);
});

test("custom-adapter passes the whole contract", async () => {
  const output = await start(await copyExample("custom-adapter"));
  expect(output).toMatch(/Tests .*\d+ passed \(\d+\)/);
});

test("query-duckdb sums a day as the reader does, to the last digit", async () => {
  const output = await start(await copyExample("query-duckdb"));
  expect(output).toContain("36 totals of a day are the same");
  // 1,440 times 2^53 + 1, and three times the sum of 0 to 1,439, and twice 1,440 for the component's place.
  const stored = 1_440n * 9_007_199_254_740_993n + 3n * 1_036_080n + 2n * 1_440n;
  expect(output).toMatch(new RegExp(`lc-01 +stored +${stored.toLocaleString("en-US")} byte-minutes`));
});

test("closing finds the dead machine, the restart and the late record, and the invoice stays as it was sent", async () => {
  const output = await start(await copyExample("closing"));
  expect(output).toContain("4 machines, 2 gaps: 37 minutes");
  expect(output).toMatch(/^ {2}trainer_3 {2}█{24}·{36} {2}no record from 02:24$/m);
  expect(output).toMatch(/^ {2}Tuesday 19 August 02:30 {2}trainer_2$/m);
  expect(output).toMatch(/^ {2}Friday 22 August 02:41 {2}trainer_4 arrived$/m);
  // 1,680 minutes, 37 without a record and one with two; the sum of each is 360.
  const totals = [...output.matchAll(/^ {2}gpu +([\d,]+) GPU-seconds$/gm)].map(([, value]) => value);
  expect(totals).toEqual(["591,840", "360", "592,200", "591,840"]);
  expect(output).toContain("against the records: 0 differences");
});

test("quickstart finds exactly what it metered", async () => {
  expect(await start(await copyExample("quickstart"))).toContain("are exactly what was metered");
});

test("every example is run here", async () => {
  const tests = ["single.test.ts", "storages.test.ts"].map((name) => join(import.meta.dirname, name));
  const text = (await Promise.all(tests.map((file) => readFile(file, "utf8")))).join("");
  const folders = await readdir(examples, { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  // One says where the others keep their files, the other is this one.
  const untested = names.filter(
    (name) => !["storage", "check"].includes(name) && !text.includes(`copyExample("${name}")`),
  );
  expect(untested).toEqual([]);
});
