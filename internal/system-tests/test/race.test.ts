import { test } from "vitest";
import { createFolder } from "./places.ts";
import { raceWriters } from "./race.ts";

test("of eight processes that write the same records with contents of their own, one is stored each, and the others are told", async () => {
  await using folder = await createFolder();
  await raceWriters(folder.place, 8, false);
});

test("eight processes that write the same records with the same contents all succeed, and each is stored once", async () => {
  await using folder = await createFolder();
  await raceWriters(folder.place, 6, true);
});
