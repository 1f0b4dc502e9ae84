import { expect, test } from "vitest";
import { createBucket, createFolder, hasRealServer, howToGetRealServer } from "../test/places.ts";
import { killRecorders } from "../test/recorder-kills.ts";

const rounds = Number(process.env["KILLS"] ?? 2000);

test("thousands of recorders killed on the local file system lose, duplicate and mix nothing", async () => {
  await using folder = await createFolder();
  const kills = await killRecorders(folder.place, rounds);
  console.log("recorders, local filesystem:", kills);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});

test("100 recorders killed in front of a real S3 server lose, duplicate and mix nothing", async (context) => {
  if (!hasRealServer) context.skip(howToGetRealServer);
  const kills = await killRecorders(await createBucket(), 100, 2000);
  console.log("recorders, real S3 server:", kills);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});
