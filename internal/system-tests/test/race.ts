import type { ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { expect } from "vitest";
import { openPlace, type Place } from "./places.ts";
import { prepareProgram } from "./processes.ts";
import { minuteOfRound, recordsOfRound } from "./race-records.ts";

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];

/**
 * Lets eight processes write the same records at the same moment, `rounds` times. With `equal`, they have the same
 * contents and write with `"verify"`; otherwise contents of their own, with `"error"`.
 */
export async function raceWriters(place: Place, rounds: number, equal: boolean): Promise<void> {
  await using storage = await openPlace(place);
  const start = await prepareProgram("racer");
  const racers = names.map((name) => ({
    name: equal ? "a" : name,
    program: start(place, equal ? "verify" : "error", equal ? "a" : name),
  }));
  try {
    for (const { program } of racers) expect(await program.hear()).toBe("ready");
    for (let round = 0; round < rounds; round++) {
      for (const { program } of racers) program.tell(String(round));
      const told = await Promise.all(
        racers.map(async ({ name, program }) => ({ name, outcomes: (await program.hear()).split(" ") })),
      );
      await checkRound(storage, round, told, equal);
    }
  } finally {
    for (const { program } of racers) await program.kill();
  }
}

interface Told {
  readonly name: string;
  /** What became of each record of the round, in order. */
  readonly outcomes: readonly string[];
}

async function checkRound(storage: ObjectStorage, round: number, told: readonly Told[], equal: boolean): Promise<void> {
  const minute = minuteOfRound(round);
  const stored = new Map<string, unknown>();
  for await (const { selfId, data } of new MeteringReader(storage).scan({ from: minute, to: minute + 60 })) {
    stored.set(selfId, data);
  }
  for (const [i, { selfId }] of recordsOfRound(round, "a").entries()) {
    const outcomes = told.map((one) => one.outcomes[i]);
    const winners = told.filter((one) => one.outcomes[i] === "stored").map(({ name }) => name);
    const what = `${selfId} in round ${round}: ${outcomes.join(" ")}`;
    if (equal) expect(winners, what).toHaveLength(names.length);
    else expect(outcomes.map(String).sort(), what).toEqual([...names.slice(1).fill("already-exists"), "stored"]);
    expect(stored.get(selfId), what).toEqual(recordsOfRound(round, winners[0] ?? "")[i]?.data);
  }
}
