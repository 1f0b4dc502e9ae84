// Told a day, closes it, or adds what is late to it, and says what that comes to.
import { createInterface } from "node:readline";
import { closePeriod } from "@metering/closing";
import { openPlace } from "../places.ts";

const [place = ""] = process.argv.slice(2);
const storage = await openPlace(place);

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [what, day = ""] = line.split(" ");
  const { days, totals } = await closePeriod(storage, {
    day,
    late: what === "late",
    rollups: ["hour"],
    // So that it is killed at work, and not only at the end.
    onProgress: ({ records }) => console.log(`record ${records}`),
  });
  const closings = days.flatMap((one) => one.closings.map(({ closing }) => closing));
  console.log(`closed ${closings.join(",")} ${totals.map(({ value }) => value).join(",")}`);
}
await storage.close();
