import { setTimeout as wait } from "node:timers/promises";
import { isMeteringError, type ObjectStorage } from "@metering/core";
import { closePeriod, readClosed, verifyClosed } from "@metering/closing";
import { MeteringWriter } from "@metering/writer";
import { expect } from "vitest";
import { openPlace, type Place } from "./places.ts";
import { prepareProgram } from "./processes.ts";

const most = 18_446_744_073_709_551_615n;
const minutes = 12;
const components = 3;
const firstDay = Date.UTC(2025, 0, 1) / 1000;

/** A day of its own for each round. */
const dayOf = (round: number) => {
  const from = firstDay + round * 86_400;
  return { day: new Date(from * 1000).toISOString().slice(0, 10), from };
};

/** Stores a small day: a few components that all report the largest amount there is. */
async function writeDay(storage: ObjectStorage, from: number, names: readonly string[]): Promise<void> {
  const writer = new MeteringWriter(storage);
  for (let minute = 0; minute < minutes; minute++) {
    const timestamp = from + minute * 7200;
    const data = [{ cluster_id: "lc-1", stored: { value: most, unit: "bytes" } }];
    await Promise.all(names.map((selfId) => writer.write({ timestamp, category: "gateway", selfId, data })));
  }
}

const namesOf = (prefix: string): readonly string[] => Array.from({ length: components }, (_, i) => `${prefix}_${i}`);
const dayTotal = BigInt(minutes * components) * most;

/** The sum of a closed day: `undefined` if it is open. */
async function totalOf(storage: ObjectStorage, day: string): Promise<bigint | undefined> {
  try {
    return (await readClosed(storage, { day })).totals[0]?.value;
  } catch (error) {
    if (isMeteringError(error, "period-open")) return undefined;
    throw error;
  }
}

async function differencesOf(storage: ObjectStorage, day: string): Promise<readonly string[]> {
  const kinds: string[] = [];
  for await (const { kind } of verifyClosed(storage, { day })) if (kind !== "leftover") kinds.push(kind);
  return kinds;
}

/** Lets several closers close the same day at once, and then add what is late at once, `rounds` times. */
export async function raceClosers(storage: ObjectStorage, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const { day, from } = dayOf(round);
    await writeDay(storage, from, namesOf("gw"));
    for (const late of [false, true]) {
      if (late) await writeDay(storage, from, namesOf("late"));
      const closed = await Promise.all(Array.from({ length: 4 }, () => closePeriod(storage, { day, late })));
      const ids = closed.map(({ days }) => JSON.stringify(days[0]?.closings.map(({ closing }) => closing)));
      expect(new Set(ids).size).toBe(1);
      expect(await totalOf(storage, day)).toBe(late ? 2n * dayTotal : dayTotal);
      expect(await differencesOf(storage, day)).toEqual([]);
    }
  }
}

/** What the kills of closers hit. */
export interface ClosingKills {
  /** Days that were still open after the kill. */
  readonly open: number;
  /** Days that were closed, or had their addition, when the closer was killed. */
  readonly closed: number;
}

/** Kills a closer at a random moment, `rounds` times; then closes the day, and checks it against the records. */
export async function killClosers(place: Place, rounds: number): Promise<ClosingKills> {
  await using storage = await openPlace(place);
  const start = await prepareProgram("closer");
  const kills = { open: 0, closed: 0 };
  let next = start(place);
  for (let round = 0; round < rounds; round++) {
    const { day, from } = dayOf(round);
    const late = round % 2 === 1;
    await writeDay(storage, from, namesOf("gw"));
    if (late) {
      await closePeriod(storage, { day, rollups: ["hour"] });
      await writeDay(storage, from, namesOf("late"));
    }
    await using closer = next;
    // The one after it gets ready meanwhile: starting a process takes longer than it lives.
    next = start(place);
    expect(await closer.hear()).toBe("ready");
    closer.tell(`${late ? "late" : "close"} ${day}`);
    const lastRecord = Math.random() < 0.5;
    for (let left = lastRecord ? minutes * components : Math.random() * minutes; left >= 1; left--) await closer.hear();
    await wait(Math.random() * 15);
    await closer.kill();

    const before = late ? dayTotal : undefined;
    const after = late ? 2n * dayTotal : dayTotal;
    const found = await totalOf(storage, day);
    expect([before, after]).toContain(found);
    if (found === before) kills.open++;
    else kills.closed++;
    const { totals } = await closePeriod(storage, { day, late, rollups: ["hour"] });
    expect(totals.map(({ value }) => value)).toEqual([after]);
    expect(await differencesOf(storage, day)).toEqual([]);
  }
  await next.kill();
  return kills;
}
