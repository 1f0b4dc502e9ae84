import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { closePeriod } from "@metering/closing";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, emptyBucket, fleetBucket, goBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";

const count = z.int().nonnegative();
const figures = { records: count, pages: count, bytes: count };
const range = { minutes: count, first: z.int(), last: z.int() };

const lsLine = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("day"), day: z.iso.date(), components: count, ...figures, ...range }),
  z.strictObject({ kind: z.literal("minute"), timestamp: z.int(), components: count, ...figures }),
  z.strictObject({ kind: z.literal("category"), category: z.string(), components: count, ...figures, ...range }),
  z.strictObject({ kind: z.literal("component"), category: z.string(), component: z.string(), ...figures, ...range }),
  z.strictObject({
    kind: z.literal("record"),
    timestamp: z.int(),
    category: z.string(),
    sharedPoolId: z.optional(z.string()),
    selfId: z.string(),
    pages: count,
    bytes: count,
    key: z.string(),
  }),
  z.strictObject({
    kind: z.literal("file"),
    content: z.enum(["page", "metadata", "closed", "unknown"]),
    key: z.string(),
    bytes: z.optional(count),
    modified: z.optional(z.int()),
  }),
  z.strictObject({ kind: z.literal("metadata"), clusters: count, versions: count, bytes: count }),
  z.strictObject({ kind: z.literal("closed"), days: count, closings: count, bytes: count }),
  z.strictObject({ kind: z.literal("unknown"), objects: count, bytes: count }),
]);

/** The fleet's three minutes, a paged record in a pool the next day, metadata, and the first day closed. */
async function fullBucket() {
  const bucket = await fleetBucket();
  const { storage } = bucket;
  const data = Array.from({ length: 12 }, (_, index) => ({
    cluster_id: `c${index}`,
    requests: { value: 10, unit: "requests" },
  }));
  await new MeteringWriter(storage, { pageSizeBytes: 100 }).write({
    timestamp: eight + 86_400,
    category: "tikv-server",
    sharedPoolId: "pool-1",
    selfId: "tikv01",
    data,
  });
  const metadata = new MetaWriter(storage);
  for (const modifyTs of [eight, eight + 1]) {
    await metadata.write({ clusterId: "a", type: "logic", modifyTs, metadata: { owner: "team-a" } });
  }
  await metadata.write({ clusterId: "a", type: "logic", category: "tidb-server", modifyTs: eight, metadata: {} });
  await metadata.write({ clusterId: "pool-1", type: "sharedpool", modifyTs: eight, metadata: {} });
  await closePeriod(storage, { day: "2025-08-22" });
  return bucket;
}

async function lines(...args: readonly string[]) {
  const { code, lines: found } = await meteringJson(["ls", ...args]);
  expect(code).toBe(0);
  return found.map((line) => lsLine.parse(line));
}

test("an overview has a line for each day, and what else there is", async () => {
  await using bucket = await fullBucket();
  expect(await lines(bucket.folder)).toEqual([
    {
      kind: "day",
      day: "2025-08-22",
      minutes: 3,
      components: 2,
      records: 6,
      pages: 6,
      bytes: expect.any(Number),
      first: eight,
      last: eight + 120,
    },
    expect.objectContaining({ day: "2025-08-23", minutes: 1, components: 1, records: 1, pages: 12 }),
    expect.objectContaining({ kind: "metadata", clusters: 2, versions: 4 }),
    expect.objectContaining({ kind: "closed", days: 1, closings: 1 }),
    { kind: "unknown", objects: 0, bytes: 0 },
  ]);
  const { stdout } = await metering(["ls", bucket.folder]);
  expect(stdout).toMatch(/^2025-08-22 +3 +2 +6 +6 +\d+ +08:00 +08:02$/mu);
  expect(stdout).toContain("metadata: 2 clusters, 4 versions");
  expect(stdout).toContain("closed: 1 day, 1 closing");
});

test("level by level, narrowed down by time and name", async () => {
  await using bucket = await fullBucket();
  const day = [bucket.folder, "--in", "2025-08-22"];
  expect(await lines(...day, "--show", "minutes")).toHaveLength(3);
  expect(await lines(...day, "--show", "categories")).toEqual([
    expect.objectContaining({ kind: "category", category: "tidb-server", components: 2, records: 6 }),
  ]);
  expect(await lines(bucket.folder, "--show", "components")).toEqual([
    expect.objectContaining({ category: "tidb-server", component: "tidb01", minutes: 3, records: 3 }),
    expect.objectContaining({ category: "tidb-server", component: "tidb02", minutes: 3, records: 3 }),
    expect.objectContaining({ category: "tikv-server", component: "tikv01", minutes: 1, pages: 12 }),
  ]);
  const records = ["--in", "2025-08-22T08:01", "--show", "records", "--self-id", "tidb02"];
  expect(await lines(bucket.folder, ...records)).toEqual([
    {
      kind: "record",
      timestamp: eight + 60,
      category: "tidb-server",
      selfId: "tidb02",
      pages: 1,
      bytes: expect.any(Number),
      key: `metering/ru/${eight + 60}/tidb-server/tidb02`,
    },
  ]);
  expect(await lines(bucket.folder, "--show", "records", "--shared-pool", "pool-1")).toEqual([
    expect.objectContaining({ sharedPoolId: "pool-1", pages: 12 }),
  ]);
});

test("files are every object, sizes and times as the store has them", async () => {
  await using bucket = await fullBucket();
  const files = await lines(bucket.folder, "--show", "files");
  const contents = files.flatMap((line) => (line.kind === "file" ? [line.content] : []));
  expect(contents.filter((content) => content === "page")).toHaveLength(18);
  expect(contents.filter((content) => content === "metadata")).toHaveLength(4);
  const page = await bucket.storage.head(`metering/ru/${eight}/tidb-server/tidb01-0.json.gz`);
  expect(files).toContainEqual(
    expect.objectContaining({
      key: page?.key,
      bytes: page?.size,
      modified: Math.floor((page?.lastModified.getTime() ?? 0) / 1000),
    }),
  );
});

test("objects that are nothing of ours are counted and named, and the command ends with 3", async () => {
  await using bucket = await fullBucket();
  const strange = [
    `metering/ru/${eight}/tidb-server/10-0-0-1-0.json.gz`,
    `metering/ru/${eight}/tidb-server/tidb01.json`,
    "metering/meta/logic/a/latest.json.gz",
    "metering/closed/usage/day=2025-08-22/part-0.parquet",
    "metering/readme.txt",
  ];
  for (const key of strange) {
    await mkdir(dirname(join(bucket.folder, key)), { recursive: true });
    await writeFile(join(bucket.folder, key), "strange");
  }
  const { code, stderr, lines: found } = await meteringJson(["ls", bucket.folder]);
  expect(code).toBe(3);
  expect(found).toContainEqual({ kind: "unknown", objects: 5, bytes: 35 });
  for (const key of strange) expect(stderr).toContain(key);
  const inRange = await meteringJson(["ls", bucket.folder, "--in", "2025-08-22T08:00"]);
  expect(inRange.code).toBe(3);
  expect(inRange.stderr.match(/unknown-key/gu)).toHaveLength(2);
  const nextDay = await meteringJson(["ls", bucket.folder, "--in", "2025-08-23"]);
  expect(nextDay.code).toBe(0);
});

test("minutes that were written as the wrong unit have a day of their own, after the others", async () => {
  await using bucket = await fleetBucket();
  const writer = new MeteringWriter(bucket.storage);
  // Minutes since 1970, and a timestamp of nine digits.
  for (const timestamp of [29_264_160, 175_584_960]) {
    await writer.write({ timestamp, category: "tidb-server", selfId: "tidb01", data: [] });
  }
  const days = (await lines(bucket.folder)).flatMap((line) => (line.kind === "day" ? [line.day] : []));
  expect(days).toEqual(["2025-08-22", "1970-12-05", "1975-07-26"]);
  expect(await lines(bucket.folder, "--from", "1970", "--to", "2000")).toHaveLength(2);
});

test("what the Go SDK wrote is listed, in every layout", async () => {
  await using bucket = await goBucket();
  const files = await lines(bucket.folder, "--show", "files");
  expect(files.flatMap((line) => (line.kind === "file" ? [line.key] : [])).sort()).toEqual(
    bucket.files.map(({ key }) => key).sort(),
  );
});

test("nothing there is said, and is no failure; a folder that is not there fails", async () => {
  await using bucket = await emptyBucket();
  const { code, stdout, stderr } = await metering(["ls", bucket.folder]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain(bucket.folder);
  const missing = await metering(["ls", join(bucket.folder, "tpyo")]);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("bucket-not-found");
});
