import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, fleetBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";

const gapLine = z.strictObject({
  category: z.string(),
  component: z.string(),
  state: z.enum(["missing", "incomplete", "duplicate"]),
  from: z.int(),
  to: z.int(),
});

async function bucketWithGap() {
  const bucket = await fleetBucket();
  await rm(join(bucket.folder, `metering/ru/${eight + 60}/tidb-server/tidb01-0.json.gz`));
  return bucket;
}

test("a minute between two reports is a gap", async () => {
  await using bucket = await bucketWithGap();
  const { code, lines } = await meteringJson(["gaps", bucket.folder, "--in", "2025-08-22"]);
  expect(code).toBe(3);
  expect(lines.map((line) => gapLine.parse(line))).toEqual([
    { category: "tidb-server", component: "tidb01", state: "missing", from: eight + 60, to: eight + 120 },
  ]);
});

test("a fleet that reports every minute is complete", async () => {
  await using bucket = await fleetBucket();
  const { code, stdout } = await metering(["gaps", bucket.folder, "--in", "2025-08-22"]);
  expect([code, stdout]).toEqual([0, ""]);
});

test("a component that was expected and silent all the time is a gap from beginning to end", async () => {
  await using bucket = await fleetBucket();
  const expected = "tidb-server/tidb01,tidb-server/tidb02,tidb-server/tidb03";
  const range = ["--from", "2025-08-22T08:00", "--to", "2025-08-22T08:03"];
  const { lines } = await meteringJson(["gaps", bucket.folder, ...range, "--expect", expected]);
  expect(lines.map((line) => gapLine.parse(line))).toEqual([
    { category: "tidb-server", component: "tidb03", state: "missing", from: eight, to: eight + 180 },
  ]);
});

test("minutes within the grace are open, and no gaps", async () => {
  await using bucket = await bucketWithGap();
  const question = ["gaps", bucket.folder, "--in", "2025-08-22T08"];
  const now = eight + 240;
  expect((await metering(question, { now })).code).toBe(0);
  expect((await metering([...question, "--grace", "30s"], { now })).code).toBe(3);
});

test("with --per-category, a service with a new id at each start is one component", async () => {
  await using bucket = await fleetBucket();
  const writer = new MeteringWriter(bucket.storage);
  const runs = ["5e1c", "9a04"].map((selfId, run) => ({
    timestamp: eight + run * 120,
    category: "dxf",
    selfId,
    data: [],
  }));
  for (const record of runs) await writer.write(record);
  const question = ["gaps", bucket.folder, "--in", "2025-08-22", "--category", "dxf"];
  expect((await metering(question)).code).toBe(0);
  const { lines } = await meteringJson([...question, "--per-category"]);
  expect(lines.map((line) => gapLine.parse(line))).toMatchObject([
    { component: "dxf", from: eight + 60, to: eight + 120 },
  ]);
});

test("--expect takes components and nothing else", async () => {
  await using bucket = await fleetBucket();
  const { code, stderr } = await metering(["gaps", bucket.folder, "--in", "2025-08-22", "--expect", "tidb01"]);
  expect(code).toBe(2);
  expect(stderr).toContain("tidb-server/tidb01");
});
