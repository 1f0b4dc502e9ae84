import { describe, expect, test } from "vitest";
import { backends } from "./backends.ts";
import { killClosers, raceClosers } from "./closers.ts";
import { createFolder } from "./places.ts";

describe.each(backends)("on $name", ({ create }) => {
  test("of four closers of a day at once one wins, all get what it stored, and each late record is added once", async () => {
    await using backend = await create();
    await raceClosers(backend.healthy, 1);
  }, 120_000);
});

test("a closer killed at any moment leaves an open day or a closed one, and the next try finishes it", async () => {
  await using folder = await createFolder();
  const kills = await killClosers(folder.place, 8);
  // Otherwise the kills came too early or too late to prove anything.
  expect(kills.open).toBeGreaterThan(0);
}, 600_000);
