// Files that the Go SDK wrote, read with the same readers.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { MetaReader, MeteringReader } from "@metering/reader";
import { LocalFsStorage } from "@metering/storage-localfs";
import { printTable } from "./output.mjs";

export async function showGoFiles() {
  const fixtures = dirname(fileURLToPath(import.meta.resolve("@metering/go-sdk-fixtures/package.json")));
  const storage = new LocalFsStorage({ basePath: `${fixtures}/14fead7`, createDirs: false });
  const kinds = new Map();
  for await (const page of new MeteringReader(storage).scan({ from: 1755850380, to: 1755851040 }).storedPages()) {
    const sum = kinds.get(page.category) ?? { files: 0, elements: 0, largest: 0n };
    const values = page.data.flatMap((element) => Object.values(element ?? {})).map((amount) => amount?.value ?? 0);
    const largest = values.reduce((most, value) => (value > most ? value : most), sum.largest);
    kinds.set(page.category, { files: sum.files + 1, elements: sum.elements + page.data.length, largest });
  }
  let versions = 0;
  for await (const _ of new MetaReader(storage).list()) versions++;
  printTable(
    ["written by the Go SDK", "files", "elements", "largest value"],
    [...kinds].map(([category, { files, elements, largest }]) => [category, files, elements, largest]),
  );
  await storage.close();
  console.log(`and ${versions} versions of metadata.`);
}
