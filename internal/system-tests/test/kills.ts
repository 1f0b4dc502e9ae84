import { setTimeout as wait } from "node:timers/promises";
import { buildMetadataKey, type MeteringElement, type ObjectStorage } from "@metering/core";
import { MetaReader, MeteringReader, sumValues, type Incomplete, type ReadRecord } from "@metering/reader";
import { expect } from "vitest";
import { openPlace, type Place } from "./places.ts";
import { prepareProgram, type Program } from "./processes.ts";
import { workOf, writeWork, type WholeRecord, type Work } from "./work.ts";

/** What the kills hit. */
export interface Kills {
  /** Writes that were acknowledged. */
  readonly stored: number;
  /** Records of which some pages were there and part 0 was not. */
  readonly interrupted: number;
  /** Whole records that a reader saw while the writer was at work. */
  readonly seenMeanwhile: number;
}

const firstMinute = 1_755_850_380;
// A writer is heard to say up to so many lines, so that it gets somewhere however slow it is, and killed up to so long
// after that.
const maxLines = 6;
const maxWaitMs = 20;

/**
 * Kills a writing process `rounds` times, each at a random moment, and checks after each what is there.
 * Two are under way at once, each in a minute of its own.
 */
export async function killWriters(place: Place, rounds: number): Promise<Kills> {
  await using storage = await openPlace(place);
  const start = await prepareProgram("killed-writer");
  const kills = { stored: 0, interrupted: 0, seenMeanwhile: 0 };
  let round = 0;
  const lane = async (): Promise<void> => {
    let next = start(place);
    while (round < rounds) {
      const minute = firstMinute + 60 * round++;
      await using writer = next;
      // The one after it gets ready meanwhile: starting a process takes longer than it lives.
      next = start(place);
      const { stored, interrupted, seenMeanwhile } = await killOne(storage, writer, minute);
      kills.stored += stored;
      kills.interrupted += interrupted;
      kills.seenMeanwhile += seenMeanwhile;
    }
    await next.kill();
  };
  await Promise.all([lane(), lane()]);
  return kills;
}

async function killOne(storage: ObjectStorage, writer: Program, minute: number): Promise<Kills> {
  expect(await writer.hear()).toBe("ready");
  writer.tell(String(minute));
  const lines: string[] = [];
  let seenMeanwhile = 0;
  for (let left = Math.random() * maxLines; left > 0; left--) {
    lines.push(await writer.hear());
    // The writer goes on while this reads.
    seenMeanwhile += (await readWhole(storage, minute)).length;
  }
  await wait(Math.random() * maxWaitMs);
  lines.push(...(await writer.kill()));
  const numbersOf = (what: string): readonly number[] =>
    lines.filter((line) => line.startsWith(what)).map((line) => Number(line.slice(what.length)));
  const begun = numbersOf("begun ").map((i) => workOf(minute, i));
  const stored = numbersOf("stored ").map((i) => workOf(minute, i));

  const whole = await readWhole(storage, minute);
  expect(whole.map(({ selfId }) => selfId)).toEqual(
    expect.arrayContaining(recordsOf(stored).map(({ selfId }) => selfId)),
  );
  const interrupted = await countInterrupted(storage, minute);
  await checkMetadata(storage, minute, stored);

  for (const work of begun) await writeWork(storage, work, "verify");

  const completed: ReadRecord[] = [];
  for await (const record of scanOf(storage, minute)) completed.push(record);
  expect(completed.map(({ selfId }) => selfId).sort()).toEqual(
    recordsOf(begun)
      .map(({ selfId }) => selfId)
      .sort(),
  );
  for (const record of completed) expectWhole(record);
  expect(await totalsOf(pagesOf(storage, minute))).toEqual(await totalsOf(recordsOf(begun).map(({ data }) => data)));
  await checkMetadata(storage, minute, begun);
  return { stored: stored.length, interrupted, seenMeanwhile };
}

function scanOf(storage: ObjectStorage, minute: number, incomplete: Incomplete = "fail") {
  return new MeteringReader(storage).scan({ from: minute, to: minute + 60 }, { incomplete });
}

async function readWhole(storage: ObjectStorage, minute: number): Promise<readonly ReadRecord[]> {
  const records: ReadRecord[] = [];
  for await (const record of scanOf(storage, minute, "skip")) {
    expectWhole(record);
    records.push(record);
  }
  return records;
}

function expectWhole({ timestamp, selfId, data, state }: ReadRecord): void {
  const work = workOf(timestamp, Number(selfId.slice(1)));
  expect(state).toBe("complete");
  expect(data).toEqual("record" in work ? work.record.data : undefined);
}

function recordsOf(works: readonly Work[]): readonly WholeRecord[] {
  return works.flatMap((work) => ("record" in work ? [work.record] : []));
}

/** Every page there is, of incomplete records too: none may be torn. */
async function* pagesOf(storage: ObjectStorage, minute: number): AsyncGenerator<readonly (MeteringElement | null)[]> {
  for await (const { data } of scanOf(storage, minute).storedPages()) yield data;
}

async function countInterrupted(storage: ObjectStorage, minute: number): Promise<number> {
  const partsOf = new Map<string, number[]>();
  for await (const { selfId, part } of scanOf(storage, minute).storedPages()) {
    partsOf.set(selfId, [...(partsOf.get(selfId) ?? []), part]);
  }
  return [...partsOf.values()].filter((parts) => !parts.includes(0)).length;
}

/** Exact sums by element and value, so that an element counted twice shows as well as one left out. */
async function totalsOf(
  pages: Iterable<readonly (MeteringElement | null)[]> | AsyncIterable<readonly (MeteringElement | null)[]>,
): Promise<unknown> {
  const elements: (MeteringElement | null)[] = [];
  for await (const page of pages) elements.push(...page);
  return sumValues(elements, ({ name, element }) => `${JSON.stringify(element["id"])} ${name}`);
}

/** All versions that are there can be read, and those expected are there as they were written. */
async function checkMetadata(storage: ObjectStorage, minute: number, works: readonly Work[]): Promise<void> {
  const reader = new MetaReader(storage);
  for await (const { key } of reader.list({ clusterId: `cluster-${minute}` })) await reader.readFile(key);
  for (const work of works) {
    if (!("metadata" in work)) continue;
    const { metadata } = await reader.readFile(buildMetadataKey(work.metadata));
    expect(metadata).toEqual(work.metadata.metadata);
  }
}
