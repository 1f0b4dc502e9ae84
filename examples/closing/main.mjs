// Finds what is missing in a week of usage, closes the week, and adds what came late, so that the invoice that was sent stays
// true.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { closePeriod, completeness, late, readClosed, verifyClosed } from "@metering/closing";
import { openStorage } from "@metering/example-storage";
import { componentOf, MeteringReader } from "@metering/reader";
import { expected, machines, monday, writeDelayed, writeWeek } from "./fleet.mjs";
import { nameOfDay, printTotals, strip, timeOf } from "./print.mjs";

const week = { from: monday, to: monday + 7 * 86_400 };

await rm(join(import.meta.dirname, "data"), { recursive: true, force: true });
const storage = await openStorage(import.meta.dirname);
try {
  await writeWeek(storage);

  console.log("Is everything there? Four machines train each night from 02:00 to 03:00.\n");
  const found = completeness(storage, { ...week, expected });
  const { components, gaps, states } = await found.summary();
  console.log(`${components} machines, ${gaps} gaps: ${states.missing} minutes of machines have no record.\n`);
  await printNights(found);

  console.log("\nWhich machines restarted? Each run has a self id of its own.\n");
  await printRestarts();

  console.log("\nClose the week, and send the invoice.\n");
  const sent = await closePeriod(storage, { ...week, expected });
  printTotals("The invoice:", sent.totals);

  await writeDelayed(storage);
  console.log("\nA spool reaches the bucket again. What came late?\n");
  for await (const { kind, timestamp, selfId } of late(storage, week)) {
    console.log(`  ${nameOfDay(timestamp)} ${timeOf(timestamp)}  ${componentOf(selfId)} ${kind}`);
  }
  await closePeriod(storage, { ...week, late: true });

  const { days, totals } = await readClosed(storage, week);
  for (const { day, number, totals: added } of days.flatMap(({ closings }) => closings.slice(1))) {
    printTotals(`\nAddition ${number} to ${day}:`, added);
  }
  printTotals("\nThe week, with its additions:", totals);
  printTotals("\nThe invoice that was sent, read again:", sumClosings(days.map(({ closings }) => closings[0])));

  let differences = 0;
  for await (const difference of verifyClosed(storage, week)) {
    differences++;
    console.error(difference);
  }
  console.log(`\nClosed files against the records: ${differences} differences.`);
} finally {
  await storage.close();
}

/** Totals of some closings, by meter. */
function sumClosings(closings) {
  const sums = new Map();
  for (const { meter, unit, value } of closings.flatMap(({ totals }) => totals)) {
    sums.set(meter, { meter, unit, value: value + (sums.get(meter)?.value ?? 0n) });
  }
  return [...sums.values()];
}

/** A strip for each machine of a night in which something is missing. Nobody is expected between nights. */
async function printNights(ranges) {
  const nights = new Map();
  for await (const range of ranges) {
    const night = nameOfDay(range.from);
    if (!nights.has(night)) nights.set(night, []);
    nights.get(night).push(range);
  }
  for (const [night, found] of nights) {
    if (found.every(({ state }) => state === "present")) {
      console.log(`${night}: complete`);
      continue;
    }
    console.log(`\n${night}\n             02:00${" ".repeat(25)}02:30${" ".repeat(20)}02:59`);
    for (const machine of machines) {
      const ofMachine = found.filter(({ component }) => component === machine);
      const gaps = ofMachine
        .filter(({ state }) => state === "missing")
        .map(({ from }) => `no record from ${timeOf(from)}`);
      console.log(`  ${machine}  ${strip(ofMachine)}  ${gaps.join(", ")}`.trimEnd());
    }
    console.log();
  }
}

/** A new self id of a machine is a new run. */
async function printRestarts() {
  const runs = new Map();
  for await (const [{ timestamp, selfId }] of new MeteringReader(storage).listRecords(week)) {
    const machine = componentOf(selfId);
    if (!runs.has(machine)) runs.set(machine, new Set([selfId]));
    if (runs.get(machine).has(selfId)) continue;
    runs.get(machine).add(selfId);
    console.log(`  ${nameOfDay(timestamp)} ${timeOf(timestamp)}  ${machine}`);
  }
}
