import { test } from "vitest";
import { createFolder } from "./places.ts";
import { raceWriters } from "./race.ts";

test("of eight processes that write different contents under the same keys, one wins each record, and the others get already-exists", async () => {
  await using folder = await createFolder();
  await raceWriters(folder.place, 8, false);
});

test("eight processes that write the same records with the same contents all succeed, and each is stored once", async () => {
  await using folder = await createFolder();
  await raceWriters(folder.place, 6, true);
});
