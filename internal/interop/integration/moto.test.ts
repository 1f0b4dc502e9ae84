import { rm } from "node:fs/promises";
import { MeteringReader } from "@metering/reader";
import { startServer } from "@metering/s3-servers/start-server";
import { LocalFsStorage } from "@metering/storage-localfs";
import { collect, storedKeys } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFolder } from "../src/programs.ts";
import { s3Server } from "../src/s3-server.ts";
import { minute, writeSample } from "../src/sample.ts";

let moto: Awaited<ReturnType<typeof startServer>>;
let server: ReturnType<typeof s3Server>;
beforeAll(async () => {
  moto = await startServer({ name: "moto" });
  server = s3Server(moto.env);
});
afterAll(() => moto.stop());

describe("an S3 server for storage-s3", () => {
  test("records and metadata are listed and read as from a disk", async () => {
    const folder = await createFolder();
    const local = new LocalFsStorage({ basePath: folder });
    await using bucket = server.openBucket(await server.createBucket(), "a team");
    await Promise.all([writeSample(local), writeSample(bucket)]);
    expect(await storedKeys(bucket)).toEqual(await storedKeys(local));
    const range = { from: minute, to: minute + 600 };
    expect(await collect(new MeteringReader(bucket).scan(range))).toEqual(
      await collect(new MeteringReader(local).scan(range)),
    );
    await rm(folder, { recursive: true });
  });

  test("of 20 writers of one record one wins, and the others are told", async () => {
    await using bucket = server.openBucket(await server.createBucket());
    const write = (_: unknown, i: number) =>
      new MeteringWriter(bucket).write({ timestamp: minute, category: "c", selfId: "s", data: [{ writer: i }] });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, write));
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const [record] = await collect(new MeteringReader(bucket).scan({ from: minute, to: minute + 60 }));
    expect(record?.data).toEqual([{ writer: winner }]);
    const told = outcomes.filter((one) => one.status === "rejected" && one.reason.code === "already-exists");
    expect(told).toHaveLength(19);
  });
});
