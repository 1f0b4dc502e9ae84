import { expect, test } from "vitest";
import { killWriters } from "../test/kills.ts";
import { createBucket, createFolder, hasRealServer, howToGetRealServer } from "../test/places.ts";

const rounds = Number(process.env["KILLS"] ?? 500);

test("hundreds of writers killed on the local file system lose, tear and duplicate nothing", async () => {
  await using folder = await createFolder();
  const kills = await killWriters(folder.place, rounds);
  console.log("local filesystem:", kills);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});

test("hundreds of writers killed on a real S3 server lose, tear and duplicate nothing", async (context) => {
  if (!hasRealServer) context.skip(howToGetRealServer);
  const kills = await killWriters(await createBucket(), rounds);
  console.log("real S3 server:", kills);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});
