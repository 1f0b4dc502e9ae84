import { gzipSync } from "node:zlib";
import * as core from "@metering/core";
import { MetaReader, MeteringReader } from "@metering/reader";
import { MemoryStorage } from "@metering/storage-memory";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPortableCore, type Core } from "./portable-core.ts";
import { watchMemory } from "./watched-memory.ts";

const megabyte = 1024 * 1024;
const maxBytes = megabyte;
const id = { timestamp: 1_755_850_380, category: "c", selfId: "s" };
const key = core.buildMeteringKey({ ...id, part: 0 });
const metadataId = { type: "logic", clusterId: "lc-1", modifyTs: 1000 } as const;

// Each holds a thousand times its own size and more.
const half = gzipSync(Buffer.alloc(60 * megabyte));
const bombs = {
  "one of zeros": gzipSync(Buffer.alloc(120 * megabyte)),
  "one that begins like a page": gzipSync(
    Buffer.concat([Buffer.from('{"data":["'), Buffer.alloc(120 * megabyte, "a")]),
  ),
  "one of several members": Buffer.concat([half, half]),
};

let portable: Core;
beforeAll(async () => {
  portable = await loadPortableCore();
});

describe.each(Object.entries(bombs))("a decompression bomb, %s,", (_, bomb) => {
  it("holds a thousand times its size", () => {
    expect((120 * megabyte) / bomb.length).toBeGreaterThan(1000);
  });

  it.each([
    ["Node's", () => core],
    ["the portable", () => portable],
  ])("stops at the limit in %s gzip, at once and without memory", async (_name, load) => {
    const memory = watchMemory();
    const before = process.cpuUsage();
    await expect(load().decodeMeteringPage(key, bomb, maxBytes)).rejects.toMatchObject({ code: "too-large", key });
    // Of the processor, not of the clock: others may keep this machine busy.
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
    expect(memory.end()).toBeLessThan(64 * megabyte);
  });
});

it("a bomb in a storage stops readers at their limit, and costs a scan only itself", async () => {
  await using storage = new MemoryStorage();
  const bomb = bombs["one of zeros"];
  await storage.put(key, bomb);
  await storage.put(core.buildMetadataKey(metadataId), bomb);
  await storage.put(core.buildMeteringKey({ ...id, selfId: "t", part: 0 }), gzipSync('{"data":[{"a":1}]}'));
  const limits = { maxDecompressedBytes: maxBytes };
  const damaged: core.MeteringErrorCode[] = [];
  const read: unknown[] = [];
  const memory = watchMemory();
  const scan = new MeteringReader(storage, limits).scan(
    { from: id.timestamp, to: id.timestamp + 60 },
    { onFinding: ({ code }) => damaged.push(code) },
  );
  for await (const { data } of scan) read.push(...data);
  expect({ damaged, read }).toStrictEqual({ damaged: ["too-large"], read: [{ a: 1 }] });
  await expect(new MetaReader(storage, limits).readByType("lc-1", "logic", 1000)).rejects.toMatchObject({
    code: "too-large",
  });
  expect(memory.end()).toBeLessThan(64 * megabyte);
});
