import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, emptyBucket, fleetBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";

const sumLine = z.strictObject({
  from: z.int(),
  to: z.int(),
  group: z.record(z.string(), z.json()),
  meter: z.string(),
  unit: z.string(),
  value: z.union([z.int(), z.string().regex(/^\d+$/u)]),
});

test("totals are exact, and beyond 2^53 text, so that no JSON parser rounds them", async () => {
  await using bucket = await fleetBucket();
  const { code, lines } = await meteringJson(["sum", bucket.folder, "--in", "2025-08-22", "--by", "cluster_id"]);
  expect(code).toBe(0);
  const sums = lines.map((line) => sumLine.parse(line));
  expect(sums).toHaveLength(6);
  expect(sums[0]).toMatchObject({ group: { cluster_id: "a" }, meter: "requests", unit: "requests", value: 60 });
  expect(sums[1]?.value).toBe((18_446_744_073_709_551_615n * 6n).toString());
});

test("--integers number writes all digits as a number", async () => {
  await using bucket = await fleetBucket();
  const { stdout } = await metering(["sum", bucket.folder, "--in", "2025-08", "--json", "--integers", "number"]);
  expect(stdout).toContain(`"value":${18_446_744_073_709_551_615n * 18n}}`);
});

test("a total for each minute, and one for each hour, in the order of time", async () => {
  await using bucket = await fleetBucket();
  const perMinute = await meteringJson([
    "sum",
    bucket.folder,
    "--from",
    "2025-08-22T08:00",
    "--to",
    "2025-08-22T08:02",
    "--per",
    "minute",
  ]);
  const sums = perMinute.lines.map((line) => sumLine.parse(line));
  expect(sums.map(({ from, to, meter, value }) => [from, to, meter, value])).toEqual(
    [eight, eight + 60].flatMap((from) => [
      [from, from + 60, "requests", 60],
      [from, from + 60, "stored", (18_446_744_073_709_551_615n * 6n).toString()],
    ]),
  );
  const perHour = await meteringJson([
    "sum",
    bucket.folder,
    "--in",
    "2025-08-22",
    "--per",
    "hour",
    "--by",
    "component",
  ]);
  expect(perHour.lines).toHaveLength(4);
});

test("the same question gets the same answer on every run", async () => {
  await using bucket = await fleetBucket();
  const runs = await Promise.all(
    [1, 2].map(() => metering(["sum", bucket.folder, "--in", "2025-08-22", "--by", "cluster_id,self_id"])),
  );
  expect(runs[0]?.stdout).toBe(runs[1]?.stdout);
});

test("what cannot be counted is named, and the command ends with 3", async () => {
  await using bucket = await fleetBucket();
  await new MeteringWriter(bucket.storage, { uncountedValues: "allow" }).write({
    timestamp: eight,
    category: "tikv-server",
    selfId: "tikv01",
    data: [{ cluster_id: "a", nested: { requests: { value: 1, unit: "requests" } } }],
  });
  await rm(join(bucket.folder, `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`));
  const { code, stderr, stdout } = await metering(["sum", bucket.folder, "--in", "2025-08-22"]);
  expect(code).toBe(3);
  expect(stderr).toContain("invalid-amount");
  expect(stdout).toContain("150");
});

test("nothing there is said, and is no failure", async () => {
  await using bucket = await emptyBucket();
  const { code, stdout, stderr } = await metering(["sum", bucket.folder, "--in", "2025-08-22"]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("2025-08-22");
});
