import { describe, test } from "vitest";
import { backends } from "../test/backends.ts";
import { raceClosers } from "../test/closers.ts";

describe.each(backends)("on $name", ({ create }) => {
  test("of four closers of a day at once one wins, all get what it stored, and each late record is added once", async () => {
    await using backend = await create();
    await raceClosers(backend.healthy, 2);
  }, 600_000);
});
