import { gzipSync } from "node:zlib";
import { buildMetadataKey, buildMeteringKey, type MeteringElement } from "@metering/core";
import { memoryCache, MetaReader, MeteringReader, sumValues } from "@metering/reader";
import { MemoryStorage } from "@metering/storage-memory";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";

const minute = 1_755_850_380;
const id = { timestamp: minute, category: "c", selfId: "s" };
const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"];
const polluting = [
  ...names.map((name) => `"${name}":{"polluted":true,"value":9007199254740993,"unit":"RU"}`),
  ...names.map((name) => `"in ${name}":{"${name}":{"polluted":true}}`),
].join(",");
const minuteRange = { from: minute, to: minute + 60 };

function expectNothingPolluted(): void {
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Reflect.ownKeys(Object.prototype)).toStrictEqual(Reflect.ownKeys(Object.getPrototypeOf({})));
  for (const shared of [Object.prototype, Function.prototype, Array.prototype, Object]) {
    expect(Object.hasOwn(shared, "polluted")).toBe(false);
    expect(Object.hasOwn(shared, "value")).toBe(false);
  }
}

test("keys named __proto__ and constructor are read, scanned and summed as any others, and leave nothing behind", async () => {
  await using storage = new MemoryStorage();
  await storage.put(buildMeteringKey({ ...id, part: 0 }), gzipSync(`{${polluting},"data":[{${polluting}}]}`));
  const reader = new MeteringReader(storage);
  const elements: MeteringElement[] = [];
  for await (const { element } of reader.scan(minuteRange).entries()) elements.push(element);
  const { data } = await reader.readRecord(id);
  expect(Object.keys(data[0] ?? {})).toStrictEqual([...names, ...names.map((name) => `in ${name}`)]);

  const totals = await sumValues(elements, ({ name }) => name);
  expect([...totals]).toStrictEqual(names.map((name) => [name, { value: 9007199254740993n, unit: "RU" }]));
  expectNothingPolluted();
});

test("such keys in metadata, from the storage and from a cache, leave nothing behind", async () => {
  await using storage = new MemoryStorage();
  const key = buildMetadataKey({ type: "logic", clusterId: "__proto__", modifyTs: minute });
  await storage.put(key, gzipSync(`{${polluting},"metadata":{${polluting}}}`));
  const reader = new MetaReader(storage, { cache: memoryCache({ maxBytes: 1_000_000 }) });
  for (let time = 0; time < 2; time++) {
    const { metadata } = (await reader.readByType("__proto__", "logic", minute)) ?? expect.fail("not found");
    expect(Object.keys(metadata ?? {})).toContain("__proto__");
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  }
  expectNothingPolluted();
});

test("such keys are written as they are, and read back so", async () => {
  await using storage = new MemoryStorage();
  const element: MeteringElement = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
  const exact = { ...element, big: 2n ** 64n };
  Object.defineProperty(exact, "__proto__", { value: element["__proto__"], enumerable: true, configurable: true });
  for (const [i, one] of [element, exact].entries()) {
    const selfId = `s${i}`;
    await new MeteringWriter(storage).write({ ...id, selfId, data: [one] });
    const { data } = await new MeteringReader(storage).readRecord({ ...id, selfId });
    expect(Object.entries(data[0] ?? {})).toStrictEqual(expect.arrayContaining(Object.entries(element)));
  }
  expectNothingPolluted();
});
