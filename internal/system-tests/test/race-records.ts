import { elementsOf, type WholeRecord } from "./work.ts";

const firstMinute = 1_755_850_380;
const recordsPerRound = 4;

/** Minute that a round's records are in. */
export const minuteOfRound = (round: number): number => firstMinute + 60 * round;

/**
 * The records that every racer writes in a round: same ids, contents of its own. Half of them are cut into pages of
 * the same size, so that the racers' records have from one to several pages.
 */
export function recordsOfRound(round: number, racer: string): readonly WholeRecord[] {
  return Array.from({ length: recordsPerRound }, (_, i) => {
    const count = 1 + ((round * 7 + i * 5 + racer.charCodeAt(0) * 3) % 13);
    return {
      timestamp: minuteOfRound(round),
      category: "race",
      selfId: `r${i}`,
      data: elementsOf(racer, count),
      ...(i % 2 === 0 ? {} : { pageSizeBytes: 300 }),
    };
  });
}
