import { mkdir, rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { isMeteringValue, parseJson, type ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";
import { expect } from "vitest";
import { createFolder, openPlace, type Place } from "./places.ts";
import { prepareProgram } from "./processes.ts";

/** What the kills hit. */
export interface RecorderKills {
  readonly rounds: number;
  /** Runs of which something was confirmed before they were killed. */
  readonly confirmed: number;
  /** Rounds after which the spool's disk was emptied. */
  readonly emptied: number;
  readonly records: number;
}

/** What is known of a run from what it said: the ledger that is kept apart. */
interface Run {
  /** How often it began to count each id: no more can be stored. */
  readonly counted: Map<string, number>;
  /** The largest amount that was confirmed for each minute and id: no less may be stored. */
  readonly confirmed: Map<string, number>;
  /** Whether its disk was emptied, so that only what was shipped before can be there. */
  isEmptied: boolean;
}

const emptiedEvery = 10;

/**
 * Kills a recording process `rounds` times, two at once on disks of their own, and checks what arrives in the store. Each
 * lives for up to `maxLifeMs`: long enough to ship something now and then.
 */
export async function killRecorders(place: Place, rounds: number, maxLifeMs = 250): Promise<RecorderKills> {
  const start = await prepareProgram("killed-recorder");
  const runs = new Map<string, Run>();
  let round = 0;
  let emptied = 0;

  const lane = async (): Promise<void> => {
    await using disk = await createFolder();
    const onDisk: Run[] = [];
    while (round < rounds) {
      const isEmptied = ++round % emptiedEvery === 0;
      await using program = start(disk.place, place);
      const lines = [await program.hear()];
      await wait(Math.random() * maxLifeMs);
      lines.push(...(await program.kill()));
      const run = readLedger(lines, runs);
      if (run !== undefined) onDisk.push(run);
      if (isEmptied) {
        await rm(disk.place, { recursive: true, force: true });
        await mkdir(disk.place);
        for (const one of onDisk.splice(0)) one.isEmptied = true;
        emptied++;
      }
    }
    await finish(disk.place, place);
  };
  await Promise.all([lane(), lane()]);

  await using storage = await openPlace(place);
  const records = await checkStored(storage, runs);
  const confirmed = [...runs.values()].filter((run) => run.confirmed.size > 0).length;
  return { rounds, confirmed, emptied, records };
}

/** Adopts and ships what the last process left. */
async function finish(disk: Place, place: Place): Promise<void> {
  await using folder = new LocalFsStorage({ basePath: disk });
  await using target = await openPlace(place);
  await using spool = new Spool(folder, target, { pollMs: 10 });
  const hasJournals = async (): Promise<boolean> => {
    for await (const _ of folder.list("spool/journal/", { keysOnly: true })) return true;
    return false;
  };
  while (await hasJournals()) await wait(20);
  await spool.drain();
  expect((await spool.status()).parked).toBe(0);
}

function readLedger(lines: readonly string[], runs: Map<string, Run>): Run | undefined {
  let own: Run | undefined;
  for (const line of lines) {
    const [what, selfId = "", first = "", ...rest] = line.split(" ");
    if (what === "run") {
      own = { counted: new Map(), confirmed: new Map(), isEmptied: false };
      runs.set(selfId, own);
    }
    const run = runs.get(selfId);
    if (what === "counts" && run !== undefined) run.counted.set(first, (run.counted.get(first) ?? 0) + 1);
    // The last line may be cut.
    if (what !== "kept" || run === undefined || !line.endsWith("}")) continue;
    const { id, amount } = amountOf(parseJson(rest.join(" ")));
    const key = `${first} ${id}`;
    run.confirmed.set(key, Math.max(run.confirmed.get(key) ?? 0, amount));
  }
  return own;
}

function amountOf(element: unknown): { readonly id: string; readonly run: string; readonly amount: number } {
  if (typeof element !== "object" || element === null) expect.fail("an element is no object");
  const id: unknown = Reflect.get(element, "id");
  const run: unknown = Reflect.get(element, "run");
  const requests: unknown = Reflect.get(element, "requests");
  if (typeof id !== "string" || typeof run !== "string" || !isMeteringValue(requests)) expect.fail("not as written");
  return { id, run, amount: Number(requests.value) };
}

async function checkStored(storage: ObjectStorage, runs: ReadonlyMap<string, Run>): Promise<number> {
  const stored = new Map<string, Map<string, number>>();
  let records = 0;
  const now = Math.ceil(Date.now() / 60_000) * 60;
  for await (const record of new MeteringReader(storage).scan({ from: now - 86_400, to: now + 60 })) {
    records++;
    expect(record.state).toBe("complete");
    const amounts = stored.get(record.selfId) ?? new Map<string, number>();
    stored.set(record.selfId, amounts);
    for (const element of record.data) {
      const { id, run, amount } = amountOf(element);
      expect(run, "a record holds rows of its own run only").toBe(record.selfId);
      const key = `${record.timestamp} ${id}`;
      expect(amounts.has(key), "a row is in its record once").toBe(false);
      amounts.set(key, amount);
    }
  }
  for (const [selfId, { counted, confirmed, isEmptied }] of runs) {
    const amounts = stored.get(selfId) ?? new Map<string, number>();
    for (const [key, amount] of isEmptied ? [] : confirmed) {
      expect(amounts.get(key) ?? 0, `${selfId} ${key}: confirmed`).toBeGreaterThanOrEqual(amount);
    }
    for (const [id, count] of counted) {
      const total = [...amounts].filter(([key]) => key.endsWith(` ${id}`)).reduce((sum, [, amount]) => sum + amount, 0);
      expect(total, `${selfId} ${id}: counted`).toBeLessThanOrEqual(count);
    }
  }
  return records;
}
