import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, fleetBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";

const amount = z.union([z.int(), z.string().regex(/^\d+$/u)]);
const closingLine = z.strictObject({
  day: z.string(),
  number: z.int(),
  closing: z.string(),
  closedAt: z.number(),
  records: z.int(),
  replaced: z.int(),
  skipped: z.int(),
  missingMinutes: z.int().optional(),
  totals: z.array(z.strictObject({ category: z.string(), meter: z.string(), unit: z.string(), value: amount })),
});
const recordFields = {
  timestamp: z.int(),
  category: z.string(),
  sharedPoolId: z.string().optional(),
  selfId: z.string(),
};
const lateLine = z.strictObject({ kind: z.enum(["arrived", "changed"]), ...recordFields, duplicate: z.boolean() });
const differenceLine = z.looseObject({ day: z.string(), kind: z.string() });

const day = ["--in", "2025-08-22"];

async function addLateRecord(bucket: Awaited<ReturnType<typeof fleetBucket>>): Promise<void> {
  const data = [{ cluster_id: "a", requests: { value: 10, unit: "requests" } }];
  const record = { timestamp: eight + 180, category: "tidb-server", selfId: "tidb01", data };
  await new MeteringWriter(bucket.storage).write(record);
}

test("a closed day keeps its totals, and what comes late is added by a number", async () => {
  await using bucket = await fleetBucket();
  const closed = await meteringJson(["close", bucket.folder, ...day]);
  expect(closed.code).toBe(0);
  const first = closed.lines.map((line) => closingLine.parse(line));
  expect(first).toMatchObject([
    {
      number: 0,
      records: 6,
      totals: [{ meter: "requests", value: 180 }, { value: (18_446_744_073_709_551_615n * 18n).toString() }],
    },
  ]);

  await addLateRecord(bucket);
  const again = await meteringJson(["close", bucket.folder, ...day]);
  expect(again.lines).toEqual(closed.lines);
  const late = await meteringJson(["late", bucket.folder, ...day]);
  expect(late.code).toBe(3);
  expect(late.lines.map((line) => lateLine.parse(line))).toMatchObject([{ kind: "arrived", timestamp: eight + 180 }]);

  expect((await metering(["close", bucket.folder, ...day, "--late"])).code).toBe(0);
  const both = await meteringJson(["closed", bucket.folder, ...day]);
  expect(both.lines.map((line) => closingLine.parse(line))).toMatchObject([
    { number: 0 },
    { number: 1, records: 1, totals: [{ value: 10 }] },
  ]);
  expect((await metering(["late", bucket.folder, ...day])).code).toBe(0);
});

test("closed --verify names what differs from the records, and ends with 3", async () => {
  await using bucket = await fleetBucket();
  await metering(["close", bucket.folder, ...day]);
  expect((await metering(["closed", bucket.folder, ...day, "--verify"])).code).toBe(0);
  await rm(join(bucket.folder, `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`));
  await addLateRecord(bucket);
  const { code, lines } = await meteringJson(["closed", bucket.folder, ...day, "--verify"]);
  expect(code).toBe(3);
  expect(lines.map((line) => differenceLine.parse(line).kind).sort()).toEqual(["late", "missing"]);
});

test("an incomplete record stops closing, unless it may be left out: then it is named", async () => {
  await using bucket = await fleetBucket();
  const pages = new MeteringWriter(bucket.storage, { pageSizeBytes: 100 });
  const data = Array.from({ length: 10 }, () => ({ cluster_id: "a", requests: { value: 10, unit: "requests" } }));
  await pages.write({ timestamp: eight, category: "tikv-server", selfId: "tikv01", data });
  await rm(join(bucket.folder, `metering/ru/${eight}/tikv-server/tikv01-1.json.gz`));

  const refused = await metering(["close", bucket.folder, ...day]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("incomplete-record");
  expect((await metering(["closed", bucket.folder, ...day])).stderr).toContain("2025-08-22");

  const { code, lines, stderr } = await meteringJson(["close", bucket.folder, ...day, "--leave-out", "incomplete"]);
  expect(code).toBe(3);
  expect(stderr).toContain("tikv01");
  expect(lines).toMatchObject([{ records: 6, skipped: 1 }]);
});

test("a day that is not over is not closed", async () => {
  await using bucket = await fleetBucket();
  const { code, stderr } = await metering(["close", bucket.folder, ...day], { now: eight });
  expect(code).toBe(1);
  expect(stderr).toContain("period-open");
});

test("a part of a day is no period", async () => {
  await using bucket = await fleetBucket();
  for (const command of ["close", "closed", "late"]) {
    const { code, stderr } = await metering([command, bucket.folder, "--in", "2025-08-22T08"]);
    expect(code).toBe(2);
    expect(stderr).toContain("whole UTC days");
  }
});
