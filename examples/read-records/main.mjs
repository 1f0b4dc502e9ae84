// Reads five minutes of usage record by record, sums exactly what each tenant used, and prints what could not be read.
import { openStorage } from "@metering/example-storage";
import { MeteringReader, sumValues, toMinute } from "@metering/reader";
import { writeSample } from "./sample.mjs";

const from = toMinute(new Date("2025-08-22T08:10:00Z"));
const to = from + 5 * 60;

const storage = await openStorage(import.meta.dirname);
try {
  await writeSample(storage, from);
  const reader = new MeteringReader(storage);

  console.log(`From ${storage.name}\n`);
  const { files } = await reader.listFilesByTimestamp(from + 120);
  for (const [category, { length }] of files) console.log(`Files of ${category} in the third minute: ${length}`);

  // Without `onFinding` the scan stops at the first file or record that cannot be used: nothing is left out in silence.
  const findings = [];
  const scan = reader.scan({ from, to }, { onFinding: (finding) => findings.push(finding) });
  let count = 0;
  async function* elements() {
    for await (const record of scan) {
      count++;
      yield* record.data;
    }
  }
  const totals = await sumValues(
    elements(),
    ({ element, name, unit }) => `${element.logical_cluster_id}  ${name} in ${unit}`,
  );

  console.log(`\n${count} complete records, and in them`);
  for (const [key, { value }] of totals) {
    console.log(`  ${key.padEnd(26)}${value.toLocaleString("en-US").padStart(26)}`);
  }

  console.log(`\nLeft out: ${scan.skipped}`);
  for (const { code, message } of findings) console.log(`  ${code}: ${message}`);
} finally {
  await storage.close();
}
