// Counts through a recorder and a spool into a store that fails at random, until it is killed. Says what it counts before it
// counts it, and what the spool confirmed after it did.
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { stringifyJson } from "@metering/core";
import { Recorder, type Sink } from "@metering/recorder";
import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";
import { withFaults } from "@metering/storage-kit";
import { openPlace } from "../places.ts";

const [folderPath = "", place = ""] = process.argv.slice(2);
// Not through console.log: what was said has left the process, whenever it is killed.
const say = (line: string): void => void writeSync(1, `${line}\n`);

const folder = new LocalFsStorage({ basePath: folderPath });
// A fifth of all calls fails before or after it takes effect.
const target = withFaults(await openPlace(place), () => {
  const chance = Math.random();
  if (chance < 0.1) return { before: "unavailable" };
  return chance < 0.2 ? { after: "timeout" } : undefined;
});
const spool = new Spool(folder, target, { pollMs: 10 });

const sink: Sink = {
  write: (record, options) => spool.write(record, options),
  journal(minute) {
    const journal = spool.journal(minute);
    return {
      async keep(rows, options) {
        await journal.keep(rows, options);
        for (const { element } of rows) say(`kept ${minute.selfId} ${minute.timestamp} ${stringifyJson(element)}`);
      },
      remove: () => journal.remove(),
    };
  },
};
const recorder = new Recorder(sink, { category: "gateway", component: "gw", stamp: "start", journalIntervalMs: 10 });
const requests = recorder.counter("requests", { unit: "requests" });
const { selfId } = recorder.status();
const ids = ["a", "b", "c"].map((id) => ({ id, row: requests.row({ id, run: selfId }) }));

say(`run ${selfId}`);
for (;;) {
  const { id, row } = ids[Math.floor(Math.random() * ids.length)] ?? { id: "", row: undefined };
  say(`counts ${selfId} ${id}`);
  row?.add();
  await wait(1);
}
