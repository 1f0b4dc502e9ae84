// One run of one workload in a process of its own, so that memory and CPU time are its own. Prints one line of JSON.
//
//   one-run.mjs WORKLOAD FOLDER|s3
import { createBucket, createFolder } from "./place.mjs";
import { workloads } from "./workloads.mjs";

const [name, where] = process.argv.slice(2);
const isS3 = where === "s3";
// On the network, the way there and back is what is measured.
const warmUpRounds = isS3 ? 1 : 10;
const place = isS3 ? await createBucket() : await createFolder(where);
try {
  const { run, bytes, records, warmUp } = await workloads[name](place.storage);
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
  await place.close();
}
