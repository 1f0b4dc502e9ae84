// A process of the race: for each key, tries to be the one that stores it, and tells which it won.
import { once } from "node:events";
import { isMeteringError } from "@metering/core";
import { LocalFsStorage } from "@metering/storage-localfs";

const [basePath = "", name = "", rounds = ""] = process.argv.slice(2);
const storage = new LocalFsStorage({ basePath });

console.log("ready");
await once(process.stdin, "data");

const won: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  try {
    await storage.put(`race/${round % 3}/${round}`, new TextEncoder().encode(name), { ifAbsent: true });
    won.push(round);
  } catch (error) {
    if (!isMeteringError(error, "already-exists")) throw error;
  }
}
console.log(JSON.stringify(won));
process.stdin.destroy();
