// Told a minute, writes into it without end, several things at once, and says before and after each which one it is.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { openPlace } from "../places.ts";
import { workOf, writeWork } from "../work.ts";

const storage = await openPlace(process.argv[2] ?? "");
// Not through console.log: what was said has left the process, whenever it is killed.
const say = (line: string): void => void writeSync(1, `${line}\n`);

say("ready");
const [told]: unknown[] = await once(process.stdin, "data");
const minute = Number(String(told));

let next = 0;
await Promise.all(
  Array.from({ length: 3 }, async () => {
    for (;;) {
      const i = next++;
      say(`begun ${i}`);
      await writeWork(storage, workOf(minute, i), "error");
      say(`stored ${i}`);
    }
  }),
);
