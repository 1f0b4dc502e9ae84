// A week of four machines that train models from 2:00 to 3:00 each night. One dies, one restarts, and one record comes late.
import { MeteringWriter, toMinute } from "@metering/writer";

export const monday = toMinute(new Date("2025-08-18T00:00:00Z"));
const day = 86_400;
/** Seconds into a day: 2:00 to 3:00. */
const [nightStart, nightEnd] = [7_200, 10_800];

const category = "trainer";
export const machines = ["trainer_1", "trainer_2", "trainer_3", "trainer_4"];

/** Who should report in a minute. */
export function expected(minute) {
  const time = minute % day;
  return time >= nightStart && time < nightEnd ? machines.map((component) => ({ category, component })) : [];
}

/** A night and a minute of it, counted from Monday. */
const at = (night, minute) => monday + night * day + nightStart + minute * 60;

const restart = at(1, 30); // Tuesday
const death = at(2, 24); // Wednesday
const repair = at(3, 0); // Thursday
const delayed = { timestamp: at(4, 41), component: "trainer_4" }; // Friday

/** Self ids under which a machine reports a minute, as `newSelfId` makes them: one for each run. */
function runsOf(component, timestamp) {
  const [first, second] = [`${component}__0t1a2b3c4d5e6f7`, `${component}__0t1c0ffee123456`];
  // Both runs of a minute with a restart report it.
  if (component === "trainer_2" && timestamp === restart) return [first, second];
  if (component === "trainer_2" && timestamp > restart) return [second];
  if (component === "trainer_3" && timestamp >= death) return timestamp < repair ? [] : [second];
  return [first];
}

function record(selfId, timestamp) {
  const data = ["team-a", "team-b", "team-c"].map((team, i) => ({
    team,
    gpu: { value: 60 * (i + 1), unit: "GPU-seconds" },
    // Beyond what a double holds.
    read: { value: 9_007_199_254_740_993n + BigInt(timestamp % 1_000), unit: "bytes" },
  }));
  return { timestamp, category, selfId, data };
}

function* recordsOfWeek() {
  for (let timestamp = monday; timestamp < monday + 7 * day; timestamp += 60) {
    for (const { component } of expected(timestamp)) {
      if (component === delayed.component && timestamp === delayed.timestamp) continue;
      for (const selfId of runsOf(component, timestamp)) yield record(selfId, timestamp);
    }
  }
}

export async function writeWeek(storage) {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const records = recordsOfWeek();
  const write = async () => {
    for (const next of records) await writer.write(next);
  };
  await Promise.all(Array.from({ length: 16 }, write));
}

/** What a spool does once its bucket is there again: it stores what waited, under its own minute. */
export async function writeDelayed(storage) {
  const writer = new MeteringWriter(storage, { ifExists: "verify" });
  const [selfId] = runsOf(delayed.component, delayed.timestamp);
  await writer.write(record(selfId, delayed.timestamp));
}
