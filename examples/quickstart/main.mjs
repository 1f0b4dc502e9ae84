// An hour of a small fleet's usage: written, read back, and checked against what was metered, exactly.
import { rm } from "node:fs/promises";
import { relative } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { memoryCache, MetaReader, MeteringReader } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { Recorder } from "@metering/recorder";
import { MetaWriter, MeteringWriter, toMinute } from "@metering/writer";
import { components, measure, measureRequests, tenants } from "./fleet.mjs";
import { showGoFiles } from "./go-files.mjs";
import { printChart, printTable, step } from "./output.mjs";
import { Totals } from "./totals.mjs";

const folder = fileURLToPath(new URL("data/", import.meta.url));
await rm(folder, { recursive: true, force: true });
const storage = new LocalFsStorage({ basePath: folder });

const start = toMinute(new Date("2025-08-22T08:00:00Z"));
const end = start + 3600;
const minutes = Array.from({ length: 60 }, (_, i) => start + i * 60);

// ── Write ────────────────────────────────────────────────────────────────────────────────────────────────────────

const metered = new Totals();
const files = new Map();

await step(`Wrote ${minutes.length * components.length} records, one a component and minute`, async () => {
  const writer = new MeteringWriter(storage);
  // Storage nodes know all tenants: their records are cut into pages.
  const pagingWriter = new MeteringWriter(storage, { pageSizeBytes: 2048 });
  for (const [minute, timestamp] of minutes.entries()) {
    const records = components.map((component) => ({ timestamp, ...component, data: measure(component, minute) }));
    await Promise.all(
      records.map(async (record) => {
        for (const element of record.data) metered.add(record.category, element);
        const chosen = record.category === "tikv-server" ? pagingWriter : writer;
        count(record.category, await chosen.write(record));
      }),
    );
  }
});

await step("Counted the requests of a gateway, one record for each minute", async () => {
  let now = start * 1000;
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const recorder = new Recorder(
    {
      async write(record, options) {
        count("gateway", await writer.write(record, options));
      },
    },
    { category: "gateway", component: "gw-01", stamp: "start", now: () => now },
  );
  const requests = recorder.counter("requests", { unit: "requests" });
  for (const [minute, timestamp] of minutes.entries()) {
    now = timestamp * 1000;
    for (const [tenant, amount] of measureRequests(minute)) {
      requests.add({ logical_cluster_id: tenant }, amount);
      metered.add("gateway", { logical_cluster_id: tenant, requests: { value: amount } });
    }
    // As in a service, minutes are written in the background.
    await nextTurn();
  }
  await recorder.close();
});

await step(`Wrote metadata of ${tenants.length} tenants and a pool`, async () => {
  const writer = new MetaWriter(storage);
  for (const [i, clusterId] of tenants.entries()) {
    await writer.write({ type: "logic", clusterId, modifyTs: start, metadata: { owner: `team-${(i % 5) + 1}` } });
  }
  await writer.write({ type: "sharedpool", clusterId: "pool-1", modifyTs: start, metadata: { nodes: 3 } });
  await writer.write({ type: "sharedpool", clusterId: "pool-1", modifyTs: start + 1800, metadata: { nodes: 4 } });
});

// ── Read ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const found = new Totals();
const computeByMinute = new Map(minutes.map((timestamp) => [timestamp, 0]));

await step("Read the complete records of the hour", async () => {
  for await (const record of new MeteringReader(storage).scan({ from: start, to: end })) {
    for (const element of record.data) {
      found.add(record.category, element);
      const { timestamp } = record;
      computeByMinute.set(timestamp, computeByMinute.get(timestamp) + (element.compute?.value ?? 0));
    }
  }
});

const metaReader = new MetaReader(storage, { cache: memoryCache({ maxBytes: 1024 * 1024 }) });
const metadataOf = async (id, type, at) => (await metaReader.readByType(id, type, at))?.metadata;
const poolBefore = await metadataOf("pool-1", "sharedpool", start + 60);
const poolAfter = await metadataOf("pool-1", "sharedpool", end);

// ── Show ─────────────────────────────────────────────────────────────────────────────────────────────────────────

printTable(
  ["category", "records", "files", "elements", "bytes"],
  [...files].map(([category, { records, parts, elements, bytes }]) => [category, records, parts, elements, bytes]),
);

printChart("Compute of all tenants, 8:00 to 8:59 UTC, a column a minute", [...computeByMinute.values()]);

const stored = tenants.map((tenant) => ({ tenant, value: found.get("tikv-server", tenant, "stored") }));
stored.sort((a, b) => (a.value < b.value ? 1 : -1));
const top = [];
for (const { tenant, value } of stored.slice(0, 5)) {
  top.push([tenant, (await metadataOf(tenant, "logic", end))?.owner, value]);
}
printTable(["most stored", "owner", "byte-minutes in the hour"], top);
console.log("A double would have rounded these totals; they are exact.");
console.log(`pool-1 had ${poolBefore?.nodes} nodes at the start of the hour and ${poolAfter?.nodes} at its end.`);

await storage.close();
await showGoFiles();

const differences = found.differences(metered);
if (differences.length > 0) {
  console.error(`\nNot what was metered: ${differences.join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(`\n${found.size} totals of ${tenants.length} tenants are exactly what was metered.`);
}

const shortFolder = relative(process.cwd(), folder) || ".";
console.log(`
Look at a file:   gunzip -c ${shortFolder}/metering/ru/${start}/pd/pd01-0.json.gz
The program:      ${relative(process.cwd(), fileURLToPath(new URL("main.mjs", import.meta.url)))}
Try next:         npm test, or another example (examples/README.md)`);

// ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function count(category, receipt) {
  const sum = files.get(category) ?? { records: 0, parts: 0, elements: 0, bytes: 0 };
  files.set(category, {
    records: sum.records + 1,
    parts: sum.parts + receipt.parts.length,
    elements: sum.elements + receipt.elements,
    bytes: sum.bytes + receipt.parts.reduce((bytes, part) => bytes + part.bytes, 0),
  });
}
