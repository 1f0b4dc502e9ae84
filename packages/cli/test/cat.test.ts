import { parseJson } from "@metering/core";
import { closePeriod } from "@metering/closing";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, emptyBucket, fleetBucket, goBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";
import { damagedBucket, keyOf } from "./damaged-bucket.ts";

const element = z.record(z.string(), z.json());
const catLine = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("element"),
    timestamp: z.int(),
    category: z.string(),
    sharedPoolId: z.optional(z.string()),
    selfId: z.string(),
    part: z.optional(z.int()),
    element: z.nullable(element),
  }),
  z.strictObject({
    kind: z.literal("metadata"),
    key: z.string(),
    type: z.optional(z.enum(["logic", "sharedpool"])),
    category: z.optional(z.string()),
    clusterId: z.string(),
    modifyTs: z.int(),
    metadata: z.nullable(element),
  }),
  z.strictObject({ kind: z.literal("manifest"), key: z.string(), content: z.json() }),
]);

const stored = 18_446_744_073_709_551_615n;

test("a file is one element a line, and integers beyond 2^53 are text", async () => {
  await using bucket = await fleetBucket();
  const key = `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`;
  const { code, stdout } = await metering(["cat", bucket.folder, key]);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => catLine.parse(JSON.parse(line)))).toEqual(
    ["a", "b", "c"].map((cluster_id) => ({
      kind: "element",
      timestamp: eight,
      category: "tidb-server",
      selfId: "tidb01",
      part: 0,
      element: {
        cluster_id,
        requests: { value: 10, unit: "requests" },
        stored: { value: stored.toString(), unit: "bytes" },
      },
    })),
  );
});

test("--integers number writes the digits that are stored, pretty or not", async () => {
  await using bucket = await fleetBucket();
  const key = `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`;
  for (const pretty of [[], ["--pretty"]]) {
    const { stdout } = await metering(["cat", bucket.folder, key, "--integers", "number", ...pretty]);
    expect(stdout.match(/"value":18446744073709551615,/gu)).toHaveLength(3);
  }
});

test("a record is named by its key without part and ending, a range by its time", async () => {
  await using bucket = await fleetBucket();
  const data = Array.from({ length: 12 }, () => ({ cluster_id: "a", requests: { value: 10, unit: "requests" } }));
  const record = { timestamp: eight, category: "tikv-server", sharedPoolId: "pool-1", selfId: "tikv01", data };
  await new MeteringWriter(bucket.storage, { pageSizeBytes: 100 }).write(record);
  const name = `metering/ru/${eight}/tikv-server/pool-1/tikv01`;

  const { lines } = await meteringJson(["cat", bucket.folder, name]);
  expect(lines.map((line) => catLine.parse(line))).toHaveLength(12);
  const { stdout } = await metering(["cat", bucket.folder, name, "--pretty"]);
  expect(parseJson(stdout)).toMatchObject({ selfId: "tikv01", state: "complete", data });

  const range = await meteringJson(["cat", bucket.folder, "--in", "2025-08-22T08:00", "--shared-pool", "pool-1"]);
  expect(range.lines).toEqual(lines);
  const all = await meteringJson(["cat", bucket.folder, "--in", "2025-08-22"]);
  expect(all.lines).toHaveLength(6 * 3 + 12);
});

test("the storage may be in the environment", async () => {
  await using bucket = await fleetBucket();
  const key = `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`;
  const { code, lines } = await meteringJson(["cat", key], { env: { METERING_STORAGE: bucket.folder } });
  expect([code, lines.length]).toEqual([0, 3]);
});

test("metadata and the manifest of a closed day can be read; Parquet has its own command", async () => {
  await using bucket = await fleetBucket();
  await new MetaWriter(bucket.storage).write({
    clusterId: "a",
    type: "logic",
    modifyTs: eight,
    metadata: { quota: stored },
  });
  await closePeriod(bucket.storage, { day: "2025-08-22" });
  const keys: string[] = [];
  for await (const { key } of bucket.storage.list("metering/closed/")) keys.push(key);
  const manifest = "metering/closed/manifests/day=2025-08-22/0.json";
  const { code, stdout } = await metering(["cat", bucket.folder, `metering/meta/logic/a/${eight}.json.gz`, manifest]);
  expect(code).toBe(0);
  const [metadata, closing] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => catLine.parse(JSON.parse(line)));
  expect(metadata).toMatchObject({ clusterId: "a", metadata: { quota: stored.toString() } });
  expect(closing).toMatchObject({ key: manifest, content: { day: "2025-08-22" } });

  const parquet = await metering(["cat", bucket.folder, keys.find((key) => key.endsWith(".parquet")) ?? ""]);
  expect(parquet.code).toBe(2);
  expect(parquet.stderr).toContain("metering closed --in 2025-08-22");
});

test("a damaged file fails by its key, and is a finding in a range", async () => {
  await using bucket = await damagedBucket();
  const codes = {
    notgzip: "invalid-format",
    truncated: "truncated-file",
    mismatch: "key-mismatch",
    missing: "not-found",
  };
  for (const [selfId, reason] of Object.entries(codes)) {
    const { code, stdout, stderr } = await metering(["cat", bucket.folder, keyOf(selfId)]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`code: ${reason}`);
  }
  const range = await meteringJson(["cat", bucket.folder, "--in", "2025-08-22T08:00", "--category", "tidb-server"]);
  expect([range.code, range.lines.length]).toEqual([0, 6]);
  const damaged = await meteringJson(["cat", bucket.folder, "--in", "2025-08-22T08:00"]);
  expect(damaged.code).toBe(3);
  expect(damaged.stderr).toContain(keyOf("notgzip"));
});

test("every file of the Go SDK reads as it was decoded independently", async () => {
  await using bucket = await goBucket();
  const keys = bucket.files.map(({ key }) => key);
  const { code, stdout } = await metering(["cat", bucket.folder, "--pretty", "--integers", "number", ...keys]);
  expect(code).toBe(0);
  const objects = stdout.split(/^(?=\{)/mu).map((text) => parseJson(text));
  const expected = bucket.files.map(({ content }) => {
    const { data, metadata } = content;
    return "metadata" in content || data === undefined ? { metadata: metadata ?? null } : { data: data ?? [] };
  });
  expect(objects).toMatchObject(expected);
});

test("a wrong call says what is right", async () => {
  await using bucket = await emptyBucket();
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [[bucket.folder], "--in"],
    [[bucket.folder, "tidb01-0.json.gz"], "metering/"],
    [[bucket.folder, "metering/ru/readme.txt"], "metering ls"],
    [[bucket.folder, keyOf("a"), "--in", "2025"], "not both"],
  ];
  for (const [args, hint] of wrong) {
    const { code, stderr } = await metering(["cat", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(hint);
  }
});
