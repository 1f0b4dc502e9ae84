// An hour of a small fleet's usage: written, read back, and checked against what was metered, exactly.
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { toMinute } from "@metering/core";
import { memoryCache, MetaReader, MeteringReader, sumValues } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { components, measure, tenants } from "./fleet.mjs";
import { createProgress, printTable } from "./output.mjs";
import { showGoTree } from "./go-tree.mjs";

const folder = fileURLToPath(new URL("data/", import.meta.url));
await rm(folder, { recursive: true, force: true });
const storage = new LocalFsStorage({ basePath: folder });

// ── Write ────────────────────────────────────────────────────────────────────────────────────────────────────────

const start = toMinute(new Date("2025-08-22T08:00:00Z"));
const minutes = Array.from({ length: 60 }, (_, i) => start + i * 60);
const end = start + 3600;

const writer = new MeteringWriter(storage);
const pagingWriter = new MeteringWriter(storage, { pageSizeBytes: 2048 });
const metered = new Map();
const files = new Map();

const writing = createProgress("Writing", minutes.length * components.length);
for (const timestamp of minutes) {
  for (const component of components) {
    const data = measure(component);
    for (const element of data) addTo(metered, component.category, element);
    // Storage nodes know all tenants: their records are cut into pages.
    const chosen = component.category === "tikv-server" ? pagingWriter : writer;
    const receipt = await chosen.write({ timestamp, ...component, data });
    count(component.category, receipt);
    writing.advance();
  }
}
writing.done();

const metaWriter = new MetaWriter(storage);
for (const [i, clusterId] of tenants.entries()) {
  await metaWriter.write({ type: "logic", clusterId, modifyTs: start, metadata: { owner: `team-${(i % 5) + 1}` } });
}
await metaWriter.write({ type: "sharedpool", clusterId: "pool-1", modifyTs: start, metadata: { nodes: 3 } });
await metaWriter.write({ type: "sharedpool", clusterId: "pool-1", modifyTs: start + 1800, metadata: { nodes: 4 } });

// ── Read ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const reader = new MeteringReader(storage);
const reading = createProgress("Reading", minutes.length * components.length);
async function* elements() {
  for await (const record of reader.scan({ from: start, to: end }).records()) {
    reading.advance();
    for (const element of record.data) yield { category: record.category, element };
  }
}
const found = new Map();
for await (const { category, element } of elements()) addTo(found, category, element);
reading.done();

const metaReader = new MetaReader(storage, { cache: memoryCache({ maxBytes: 1024 * 1024 }) });
const owners = new Map();
for (const tenant of tenants) {
  owners.set(tenant, (await metaReader.readByType(tenant, "logic", end))?.metadata?.owner);
}
const poolBefore = await metaReader.readByType("pool-1", "sharedpool", start + 60);
const poolAfter = await metaReader.readByType("pool-1", "sharedpool", end);

// ── Check ────────────────────────────────────────────────────────────────────────────────────────────────────────

const differences = [...new Set([...metered.keys(), ...found.keys()])].filter(
  (key) => metered.get(key)?.value !== found.get(key)?.value,
);

printTable(
  ["category", "records", "files", "elements", "bytes"],
  [...files].map(([category, { records, parts, elements: n, bytes }]) => [category, records, parts, n, bytes]),
);
const totals = await sumValues(
  allElements(),
  ({ name, unit, element }) => `${element.logical_cluster_id}\t${name}\t${unit}`,
);
const stored = [...totals]
  .map(([key, { value }]) => [...key.split("\t"), value])
  .filter(([, name]) => name === "stored")
  .sort((a, b) => (a[3] < b[3] ? 1 : -1));
printTable(
  ["top tenants", "owner", "total", "unit"],
  stored.slice(0, 5).map(([tenant, , unit, value]) => [tenant, owners.get(tenant), value, unit]),
);
console.log(
  `pool-1 had ${poolBefore?.metadata?.nodes} nodes at the start of the hour and ${poolAfter?.metadata?.nodes} at its end.`,
);
console.log(`The files lie in ${folder}`);

await storage.close();
await showGoTree();

if (differences.length > 0) {
  console.error(`\nNot what was metered: ${differences.join(", ")}`);
  process.exitCode = 1;
} else {
  console.log(`\n${found.size} totals of ${tenants.length} tenants are exactly what was metered.`);
}

// ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function addTo(sums, category, element) {
  for (const [name, amount] of Object.entries(element)) {
    if (typeof amount !== "object") continue;
    const key = `${category} ${element.logical_cluster_id} ${name}`;
    sums.set(key, { value: (sums.get(key)?.value ?? 0n) + BigInt(amount.value) });
  }
}

async function* allElements() {
  for await (const { element } of reader.scan({ from: start, to: end }).entries()) yield element;
}

function count(category, receipt) {
  const sum = files.get(category) ?? { records: 0, parts: 0, elements: 0, bytes: 0 };
  files.set(category, {
    records: sum.records + 1,
    parts: sum.parts + receipt.parts.length,
    elements: sum.elements + receipt.elements,
    bytes: sum.bytes + receipt.parts.reduce((bytes, part) => bytes + part.bytes, 0),
  });
}
