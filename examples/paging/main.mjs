// Writes a record of many tenants from a generator, page by page, and reads it back.
import { openStorage } from "@metering/example-storage";
import { MeteringReader, sumValues } from "@metering/reader";
import { MeteringWriter, toMinute } from "@metering/writer";

const tenants = 20_000;
const pageSizeBytes = 256 * 1024;
const id = { timestamp: toMinute(new Date("2025-08-22T08:13:00Z")), category: "tikv-server", selfId: "tikv01" };

/** What each tenant stored. The writer takes it page by page: memory holds a few pages, never the record. */
function* measure() {
  for (let i = 1; i <= tenants; i++) {
    yield {
      logical_cluster_id: `lc-${String(i).padStart(5, "0")}`,
      stored: { value: 9_007_199_254_740_993n + BigInt(i), unit: "byte-minutes" },
    };
  }
}

const shown = (number) => number.toLocaleString("en-US");
const storage = await openStorage(import.meta.dirname);
try {
  const writer = new MeteringWriter(storage, { pageSizeBytes, ifExists: "verify" });
  const { parts, elements } = await writer.write({ ...id, data: measure() });
  console.log(
    `${shown(elements)} elements in pages of at most ${shown(pageSizeBytes)} bytes of JSON, in ${storage.name}\n`,
  );
  for (const part of parts) {
    console.log(`${part.outcome}  ${part.key}  ${shown(part.elements)} elements in ${shown(part.bytes)} bytes`);
  }

  // Part 0 is stored last and names all pages, so the reader knows whether the record is complete.
  const reader = new MeteringReader(storage);
  const record = await reader.readRecord(id);
  const stored = await sumValues(record.data, ({ name }) => name);
  console.log(`\nRead back: ${record.state}, ${shown(record.data.length)} elements of ${record.keys.length} pages`);
  console.log(`Stored in all: ${shown(stored.get("stored").value)} byte-minutes`);

  // A scan can also be read element by element.
  let read = 0;
  for await (const _ of reader.scan({ from: id.timestamp, to: id.timestamp + 60 }).entries()) read++;
  console.log(`Element by element: ${shown(read)}`);
} finally {
  await storage.close();
}
