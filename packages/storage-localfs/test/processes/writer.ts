// Stores objects, several at once, until it is killed; says which were acknowledged.
import { writeSync } from "node:fs";
import { LocalFsStorage } from "@metering/storage-localfs";
import { bodyOf } from "./body.ts";

const [basePath = "", from = ""] = process.argv.slice(2);
const storage = new LocalFsStorage({ basePath });

let next = Number(from);
await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (;;) {
      const i = next++;
      await storage.put(`kill/${i % 5}/${i}`, bodyOf(i), { ifAbsent: i % 2 === 0 });
      writeSync(1, `${i}\n`);
    }
  }),
);
