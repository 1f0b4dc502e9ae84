// Looks up metadata of a cluster and a pool at several times of a day, with a cache in memory and one on disk.
import { join } from "node:path";
import { openStorage } from "@metering/example-storage";
import { memoryCache, MetaReader } from "@metering/reader";
import { diskCache } from "@metering/reader/disk-cache";
import { writeSample } from "./sample.mjs";

const midnight = Date.parse("2025-08-22T00:00:00Z") / 1000;
const at = (hour) => midnight + hour * 3_600;

const storage = await openStorage(import.meta.dirname);
try {
  await writeSample(storage, midnight);

  console.log(`From ${storage.name}\n`);
  const reader = new MetaReader(storage);
  for (const hour of [8, 10, 14]) {
    const cluster = await reader.readByType("lc-1", "logic", at(hour));
    const pool = await reader.readByType("pool-1", "sharedpool", at(hour));
    console.log(`At ${hour}:00  lc-1 of ${cluster.metadata.owner}, pool-1 of ${pool.metadata.nodes} nodes`);
  }
  const tikv = await reader.readByType("lc-1", "logic", at(8), { category: "tikv-server" });
  console.log(`For tikv-server alone: ${JSON.stringify(tikv.metadata)}`);
  const before = await reader.readByType("lc-1", "logic", at(-1));
  console.log(`The day before: ${before === undefined ? "nothing was known" : before.key}\n`);

  // Billing looks up the same metadata for every minute. With a cache in memory each version is read once.
  const memory = memoryCache({ maxBytes: 64 * 1024 * 1024 });
  await askEveryMinute(new MetaReader(storage, { cache: memory }));
  report("in memory", memory.stats());

  // A cache on disk keeps versions across restarts: run this program again.
  const disk = diskCache({ directory: join(import.meta.dirname, "cache"), maxBytes: 1024 * 1024 * 1024 });
  await askEveryMinute(new MetaReader(storage, { cache: disk }));
  report("on disk", disk.stats());
} finally {
  await storage.close();
}

async function askEveryMinute(metaReader) {
  for (let minute = 0; minute < 1_440; minute++) await metaReader.readByType("lc-1", "logic", midnight + minute * 60);
}

function report(place, { hits, misses, bytes }) {
  console.log(
    `1,440 lookups, cached ${place}: ${misses} files read from the storage, ${hits} from the cache of ${bytes} bytes`,
  );
}
