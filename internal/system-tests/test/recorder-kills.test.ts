import { expect, test } from "vitest";
import { createFolder } from "./places.ts";
import { killRecorders } from "./recorder-kills.ts";

test("recorders killed at any moment lose nothing confirmed, and count nothing twice or mixed", async () => {
  await using folder = await createFolder();
  const kills = await killRecorders(folder.place, 30);
  // Otherwise the kills came too early to prove anything.
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
  expect(kills.confirmed).toBeGreaterThan(kills.rounds / 4);
}, 600_000);
