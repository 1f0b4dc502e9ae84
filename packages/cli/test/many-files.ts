import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { eight } from "./buckets.ts";

const recordsPerMinute = 1000;

/** Writes records of one page, 1,000 a minute, quicker than any writer: their body has only what no key contradicts. */
export function writeManyFiles(folder: string, count: number): void {
  const body = JSON.stringify({ data: [{ cluster_id: "a", requests: { value: 10, unit: "requests" } }], parts: 1 });
  const file = gzipSync(body);
  for (let number = 0; number < count; number++) {
    const minute = eight + Math.floor(number / recordsPerMinute) * 60;
    const path = join(folder, `metering/ru/${minute}/tidb-server`);
    if (number % recordsPerMinute === 0) mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `tidb${number % recordsPerMinute}-0.json.gz`), file);
  }
}
