import { expect, test } from "vitest";
import { killWriters } from "./kills.ts";
import { createFolder } from "./places.ts";

test("a writer killed at any moment leaves whole files, and a retry completes its records without loss or duplicates", async () => {
  await using folder = await createFolder();
  const kills = await killWriters(folder.place, 15);
  // Otherwise the kills came too early or too late to prove anything.
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
}, 600_000);
