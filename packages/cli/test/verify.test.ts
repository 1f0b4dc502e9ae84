import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { z } from "zod";
import { eight, emptyBucket, fleetBucket, goBucket } from "./buckets.ts";
import { metering, meteringJson } from "./command.ts";
import { damagedBucket, keyOf, tooLargeFile } from "./damaged-bucket.ts";

const count = z.int().nonnegative();
const verifyLine = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("finding"),
    severity: z.enum(["error", "warning", "notice"]),
    problem: z.enum([
      "damaged",
      "unreadable",
      "incomplete",
      "contradiction",
      "duplicate",
      "uncountable",
      "unknown-name",
      "damaged-metadata",
      "leftover",
    ]),
    code: z.optional(z.string()),
    key: z.string(),
    message: z.string(),
    action: z.optional(z.enum(["removed", "would-remove", "kept", "spoiled"])),
    reason: z.optional(z.string()),
  }),
  z.strictObject({
    kind: z.literal("summary"),
    files: count,
    records: count,
    metadata: count,
    errors: count,
    warnings: count,
    notices: count,
    removed: count,
  }),
]);

const day = 86_400;
/** Later than a day after any test. */
const later = Math.floor(Date.now() / 1000) + 2 * day;

async function verify(args: readonly string[], now = later) {
  const { code, lines, stderr } = await meteringJson(["verify", ...args], { now });
  const parsed = lines.map((line) => verifyLine.parse(line));
  const findings = parsed.flatMap((line) => (line.kind === "finding" ? [line] : []));
  const summary = parsed.at(-1);
  return { code, stderr, findings, summary };
}

test("a sound bucket is clean", async () => {
  await using bucket = await fleetBucket();
  const { code, findings, summary } = await verify([bucket.folder]);
  expect([code, findings]).toEqual([0, []]);
  expect(summary).toEqual({
    kind: "summary",
    files: 6,
    records: 6,
    metadata: 0,
    errors: 0,
    warnings: 0,
    notices: 0,
    removed: 0,
  });
});

test("one of each kind of damage is found, and nothing else", { timeout: 30_000 }, async () => {
  await using bucket = await damagedBucket();
  await bucket.storage.put(keyOf("toolarge"), tooLargeFile());
  const { code, findings, summary } = await verify([bucket.folder]);
  expect(code).toBe(3);
  const found = findings.map(({ severity, problem, code: reason, key }) => [severity, problem, reason, key].join(" "));
  expect(found.sort()).toEqual(
    [
      `error damaged invalid-format ${keyOf("notgzip")}`,
      `error damaged invalid-format ${keyOf("notjson")}`,
      `error damaged invalid-format ${keyOf("shape")}`,
      `error damaged invalid-format ${keyOf("manifest")}`,
      `error damaged key-mismatch ${keyOf("mismatch")}`,
      `error damaged truncated-file ${keyOf("truncated")}`,
      `error damaged too-large ${keyOf("toolarge")}`,
      `error damaged truncated-file ${keyOf("damagedpage", 1)}`,
      `error incomplete incomplete-record ${keyOf("nofirst")}`,
      `error incomplete incomplete-record ${keyOf("gap")}`,
      `error contradiction incomplete-record ${keyOf("changed", 1)}`,
      `notice leftover  ${keyOf("leftover", 2)}`,
      `notice leftover  ${keyOf("leftover", 3)}`,
      `notice leftover  ${keyOf("leftover", 10)}`,
      `error duplicate duplicate-record ${keyOf("twice")}`,
      `error uncountable invalid-amount ${keyOf("amounts")}`,
      `error uncountable invalid-amount ${keyOf("amounts")}`,
      `error damaged-metadata key-mismatch metering/meta/logic/b/${eight}.json.gz`,
      `error unknown-name unknown-key metering/ru/${eight}/tikv-server/10-0-0-1-0.json.gz`,
      `notice unknown-name unknown-key metering/readme.txt`,
    ].sort(),
  );
  expect(summary).toMatchObject({ errors: 16, warnings: 0, notices: 4, metadata: 2 });
  const { stdout } = await metering(["verify", bucket.folder], { now: later });
  expect(stdout).toMatch(/^error +damaged +8$/mu);
});

test("within a day of its minute, what is not whole may become so, and is a warning", async () => {
  await using bucket = await damagedBucket();
  const { findings } = await verify([bucket.folder, "--in", "2025-08-22T08:00"], eight + day - 60);
  const warnings = findings.filter(({ severity }) => severity === "warning").map(({ key }) => key);
  expect(warnings.sort()).toEqual(
    [keyOf("changed", 1), keyOf("damagedpage", 1), keyOf("gap"), keyOf("nofirst"), keyOf("truncated")].sort(),
  );
});

test("a range is checked alone", async () => {
  await using bucket = await damagedBucket();
  const { code, summary } = await verify([bucket.folder, "--in", "2025-08-22T08:01"]);
  expect(code).toBe(0);
  expect(summary).toMatchObject({ records: 2 });
});

test("--fix removes the leftovers and nothing else; a dry run removes nothing", { timeout: 30_000 }, async () => {
  await using bucket = await damagedBucket();
  const leftovers = [10, 3, 2].map((part) => keyOf("leftover", part));
  const before = await keysIn(bucket);

  const dry = await verify([bucket.folder, "--fix", "--dry-run"]);
  expect(dry.code).toBe(3);
  expect(dry.findings.filter(({ action }) => action === "would-remove").map(({ key }) => key)).toEqual(leftovers);
  expect(await keysIn(bucket)).toEqual(before);

  const fixed = await verify([bucket.folder, "--fix"]);
  expect(fixed.findings.filter(({ action }) => action === "removed").map(({ key }) => key)).toEqual(leftovers);
  expect(fixed.summary).toMatchObject({ removed: 3, notices: 1 });
  expect(await keysIn(bucket)).toEqual(before.filter((key) => !leftovers.includes(key)));
  const again = await verify([bucket.folder, "--fix"]);
  expect(again.findings.filter(({ problem }) => problem === "leftover")).toEqual([]);
});

test("what a writer may be working on is not removed", async () => {
  await using bucket = await emptyBucket();
  const write = (timestamp: number, tenants: number, ifExists?: "overwrite") =>
    new MeteringWriter(bucket.storage, { pageSizeBytes: 100, ifExists }).write({
      timestamp,
      category: "tikv-server",
      selfId: "tikv01",
      data: Array.from({ length: tenants }, () => ({ cluster_id: "a", requests: { value: 10, unit: "requests" } })),
    });
  // Three pages, and two more that part 0 does not name.
  for (const [minute, tenants] of [
    [eight, 3],
    [eight + 60, 5],
  ] as const) {
    await write(minute, tenants);
  }
  const keys = (await keysIn(bucket)).filter((key) => key.includes(String(eight + 60)));
  for (const key of keys.slice(-2)) {
    const page = await bucket.storage.get(key);
    await bucket.storage.put(key.replace(String(eight + 60), String(eight)), page);
  }
  const before = await keysIn(bucket);

  // By the record's minute, and by when the page was stored.
  for (const now of [eight + day - 60, Math.floor(Date.now() / 1000)]) {
    const { findings, summary } = await verify([bucket.folder, "--fix"], now);
    expect(findings.map(({ problem, action }) => [problem, action])).toEqual([
      ["leftover", "kept"],
      ["leftover", "kept"],
    ]);
    expect(summary).toMatchObject({ removed: 0, notices: 2 });
  }
  expect(await keysIn(bucket)).toEqual(before);

  // The same record overwritten, so that part 0 names them.
  await write(eight, 5, "overwrite");
  expect((await verify([bucket.folder, "--fix"])).findings).toEqual([]);
  expect(await keysIn(bucket)).toEqual(before);
});

test("records of the Go SDK are clean and have no leftovers; the same usage in both layouts is named", async () => {
  await using bucket = await goBucket();
  const { findings, summary } = await verify([bucket.folder, "--fix"]);
  expect(summary).toMatchObject({ files: bucket.files.length, warnings: 0, notices: 0, removed: 0 });
  expect(new Set(findings.map(({ problem }) => problem))).toEqual(new Set(["duplicate"]));
  expect((await verify([bucket.folder, "--shared-pool", "default-shared-pool"])).code).toBe(0);
});

test("--dry-run alone is a mistake", async () => {
  await using bucket = await fleetBucket();
  expect((await metering(["verify", bucket.folder, "--dry-run"])).code).toBe(2);
});

async function keysIn({ storage }: Awaited<ReturnType<typeof emptyBucket>>): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list("", { keysOnly: true })) keys.push(key);
  return keys;
}
