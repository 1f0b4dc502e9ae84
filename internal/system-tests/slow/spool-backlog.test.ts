import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MeteringError, type ObjectStorage } from "@metering/core";
import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";
import { expect, test, vi } from "vitest";
import { createFolder } from "../test/places.ts";

const records = Number(process.env["BACKLOG"] ?? 100_000);
const perMinute = 1000;
const megabyte = 1024 * 1024;

const unused = (): never => expect.fail("a new record needs no other call");

/** A bucket that is away, and then takes everything and keeps nothing. */
function createTarget(): ObjectStorage & { isAway: boolean; stored: number } {
  return {
    name: "bucket",
    id: "bucket",
    isAway: true,
    stored: 0,
    async put() {
      if (this.isAway) throw new MeteringError("unavailable", "The bucket is away.");
      this.stored++;
      return {};
    },
    get: unused,
    head: unused,
    delete: unused,
    list: unused,
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

test(`a backlog of ${records} records waits and is shipped in flat memory`, async () => {
  await using folder = await createFolder();
  const file = gzipSync('{"data":[{"id":"c-1","requests":{"value":1,"unit":"requests"}}],"parts":1}');
  for (let i = 0; i < records; i++) {
    const minute = join(folder.place, `metering/ru/${1_755_850_380 + Math.floor(i / perMinute) * 60}/gateway`);
    if (i % perMinute === 0) mkdirSync(minute, { recursive: true });
    writeFileSync(join(minute, `gw${i}-0.json.gz`), file);
  }
  await using local = new LocalFsStorage({ basePath: folder.place });
  const target = createTarget();
  await using spool = new Spool(local, target);
  await vi.waitFor(async () => expect((await spool.status()).lastFailure).toBeDefined(), { timeout: 60_000 });
  const before = process.memoryUsage.rss();
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 50);
  target.isAway = false;
  await spool.drain();
  clearInterval(sampling);
  expect(target.stored).toBe(records);
  expect(await spool.status()).toMatchObject({ waiting: 0, parked: 0 });
  console.log(`backlog of ${records}: ${Math.round((most - before) / megabyte)} MiB more than before shipping`);
  expect(most - before).toBeLessThan(150 * megabyte);
});
