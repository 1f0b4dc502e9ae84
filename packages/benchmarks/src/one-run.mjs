// One run of one workload in a process of its own, so that memory and CPU time are its own. Prints one line of JSON.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalFsStorage } from "@metering/storage-localfs";
import { workloads } from "./workloads.mjs";

const warmUpRounds = 10;

const [name, folder] = process.argv.slice(2);
const basePath = await mkdtemp(join(folder, "metering-bench-"));
const storage = new LocalFsStorage({ basePath });
try {
  const { run, bytes, records, warmUp } = await workloads[name](storage);
  // Services run for long. Of what is over in milliseconds, the first rounds would measure the compiler.
  if (warmUp) for (let round = 1; round <= warmUpRounds; round++) await run(round);
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await run(0);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakMiB, bytes, records }));
} finally {
  await storage.close();
  await rm(basePath, { recursive: true, force: true });
}
