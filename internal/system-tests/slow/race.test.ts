import { test } from "vitest";
import { createBucket, createFolder, hasRealServer, howToGetRealServer } from "../test/places.ts";
import { raceWriters } from "../test/race.ts";

const rounds = Number(process.env["RACES"] ?? 300);

test("on the local file system, one of eight writers of a record wins, and the others get already-exists", async () => {
  await using folder = await createFolder();
  await raceWriters(folder.place, rounds, false);
});

test("on a real S3 server, one of eight writers of a record wins, and the others get already-exists", async (context) => {
  if (!hasRealServer) context.skip(howToGetRealServer);
  await raceWriters(await createBucket(), rounds, false);
});

test("on a real S3 server, eight writers of equal records all succeed, and each is stored once", async (context) => {
  if (!hasRealServer) context.skip(howToGetRealServer);
  await raceWriters(await createBucket(), 100, true);
});
