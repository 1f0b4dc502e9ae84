// Told a number of a round, writes that round's records, all at once, and says what became of each.
import { createInterface } from "node:readline";
import { isMeteringError } from "@metering/core";
import { openPlace } from "../places.ts";
import { recordsOfRound } from "../race-records.ts";
import { writeRecord } from "../work.ts";

const [place = "", ifExists = "", racer = ""] = process.argv.slice(2);
const storage = await openPlace(place);

console.log("ready");
for await (const round of createInterface({ input: process.stdin })) {
  const outcomes = await Promise.all(
    recordsOfRound(Number(round), racer).map(async (record) => {
      try {
        await writeRecord(storage, record, ifExists === "verify" ? "verify" : "error");
        return "stored";
      } catch (error) {
        if (!isMeteringError(error)) throw error;
        return error.code;
      }
    }),
  );
  console.log(outcomes.join(" "));
}
await storage.close();
