import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { goTrees } from "@metering/go-sdk-fixtures";
import { MeteringReader } from "@metering/reader";
import { expect, test } from "vitest";
import { killWriters } from "../test/kills.ts";
import { containerAt, createContainer, openPlace } from "../test/places.ts";
import { elementsOf, writeWork } from "../test/work.ts";

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("of writers killed on Azurite, nothing is lost, torn or twice", async () => {
  const kills = await killWriters(await createContainer(), Number(process.env["KILLS"] ?? 20));
  console.log("Azurite:", kills);
  expect(Math.min(...Object.values(kills))).toBeGreaterThan(0);
});

test("records of several pages, written through Azurite, are read back whole, in order and exactly", async () => {
  await using storage = await openPlace(await createContainer());
  const timestamp = 1_755_850_380;
  const written = Array.from({ length: 6 }, (_, i) => ({
    timestamp: timestamp + 60 * Math.floor(i / 2),
    category: i % 2 === 0 ? "tidb-server" : "東京 \u{1f600}",
    selfId: `server_${i}`,
    data: elementsOf(`${i}`, 20),
    pageSizeBytes: 500,
  }));
  for (const record of written) await writeWork(storage, { record }, "error");
  const read = await collect(new MeteringReader(storage).scan({ from: timestamp, to: timestamp + 180 }));
  expect(
    read.map(({ timestamp: minute, category, selfId, data, state }) => ({ minute, category, selfId, data, state })),
  ).toEqual(
    written.map(({ timestamp: minute, category, selfId, data }) => ({
      minute,
      category,
      selfId,
      data,
      state: "complete",
    })),
  );
});

test("files that the Go SDK wrote are found on Azurite under their keys, byte for byte", async () => {
  const place = await createContainer();
  await using storage = await openPlace(place);
  const files = goTrees.flatMap(({ root, files: all }) => all.map(({ key }) => ({ key, file: join(root, key) })));
  const container = await containerAt(place);
  const bodies = new Map<string, Buffer>();
  for (const { key, file } of files) {
    bodies.set(key, await readFile(file));
    // As a stream without further headers, which is how the Go SDK uploads.
    await container.getBlockBlobClient(key).uploadStream(createReadStream(file));
  }
  const keys = (await collect(storage.list("metering/"))).map(({ key }) => key);
  expect(keys.toSorted()).toEqual([...bodies.keys()].toSorted());
  for (const [key, body] of bodies) expect(Buffer.compare(await storage.get(key), body)).toBe(0);
  const pages = await collect(new MeteringReader(storage).scan({ from: 60, to: 1_755_900_000 }).storedPages());
  expect(pages.length).toBeGreaterThan(50);
});
