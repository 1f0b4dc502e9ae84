import { expect, test } from "vitest";
import { killClosers } from "./closers.ts";
import { createFolder } from "./places.ts";

test("a closer killed at any moment leaves an open day or a closed one, and the next try finishes it", async () => {
  await using folder = await createFolder();
  const kills = await killClosers(folder.place, 8);
  // Otherwise the kills came too early or too late to prove anything.
  expect(kills.open).toBeGreaterThan(0);
}, 600_000);
