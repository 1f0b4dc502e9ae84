// A mixed load for some minutes, watched (on Linux): fails if memory, sockets or other handles are not flat at the end.
import { readdirSync, readlinkSync } from "node:fs";
import { parseArgs } from "node:util";
import { createBucket, createFolder, hasRealServer, openPlace } from "../places.ts";
import { createLoad } from "../soak-load.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const durationMs = Number(values.minutes) * 60_000;
if (!(durationMs > 0)) throw new Error("usage: soak --minutes NUMBER, more than 0");
/** How often the process is looked at: more often in a short run, so that there is something to compare. */
const intervalMs = Math.min(30_000, durationMs / 12);

interface Sample {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly sockets: number;
  readonly handles: number;
}

const megabytes = (bytes: number): number => Math.round(bytes / 104_857.6) / 10;

function takeSample(): Sample {
  // Without a collection, the heap says when the last one was, and nothing else.
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heapMb: megabytes(heapUsed + external),
    rssMb: megabytes(rss),
    sockets: countSockets(),
    handles: process.getActiveResourcesInfo().length,
  };
}

/** Open sockets. Node itself tells only of those that keep it alive, and an idle connection does not. */
function countSockets(): number {
  return readdirSync("/proc/self/fd").filter(isSocket).length;
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith("socket:");
  } catch {
    // The one that the folder was listed through.
    return false;
  }
}

async function soak(place: string): Promise<readonly Sample[]> {
  await using storage = await openPlace(place);
  const load = createLoad(storage);
  const samples: Sample[] = [];
  console.log(`soaking ${storage.name} for ${values.minutes} min`);
  const start = Date.now();
  for (let rounds = 1; Date.now() - start < durationMs; rounds++) {
    await load.round();
    const elapsedMs = Date.now() - start;
    if (elapsedMs < intervalMs * (samples.length + 1)) continue;
    const sample = takeSample();
    samples.push(sample);
    console.log(`${Math.round(elapsedMs / 1000)} s, round ${rounds}: ${JSON.stringify({ ...sample, ...load.counts })}`);
  }
  return samples;
}

/** The middle one of the values; a single one says little about a heap. */
function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

const allowances: Readonly<Record<keyof Sample, (before: number) => number>> = {
  heapMb: (before) => before * 1.15 + 5,
  rssMb: (before) => before * 1.25 + 30,
  sockets: (before) => before + 5,
  handles: (before) => before + 10,
};

function findGrowth(samples: readonly Sample[]): readonly string[] {
  // The first third fills caches and pools. The second is what the last is held against.
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(-third)];
  const names = Object.keys(allowances).filter((name): name is keyof Sample => name in allowances);
  return names.flatMap((name) => {
    const [before, after] = [middle, last].map((some) => median(some.map((sample) => sample[name])));
    console.log(`${name}: ${before} in the second third, ${after} in the last`);
    if (before === undefined || after === undefined || third === 0) return ["there are too few samples"];
    return after > allowances[name](before) ? [`${name} grew from ${before} to ${after}`] : [];
  });
}

await using folder = hasRealServer ? undefined : await createFolder();
const place = folder?.place ?? (await createBucket());
const before = countSockets();
const growth = [...findGrowth(await soak(place))];
// What is closed lets go of its sockets, at the latest when the loop has turned.
await new Promise(setImmediate);
const stillOpen = countSockets() - before;
console.log(`${stillOpen} sockets stay open after closing`);
if (stillOpen > 0) growth.push(`${stillOpen} sockets stay open after closing`);
for (const problem of growth) console.error(`not flat: ${problem}`);
process.exitCode = growth.length > 0 ? 1 : 0;
