import { parallelMap, sleep } from "@metering/storage-kit";
import { expect, test } from "vitest";

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i;
}

const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

test("results come in the order of the source, with a limited number of concurrent calls", async () => {
  let running = 0;
  let most = 0;
  const map = async (i: number): Promise<number> => {
    most = Math.max(most, ++running);
    for (let turns = i % 5; turns >= 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    running--;
    return i * 2;
  };
  const results = await collect(parallelMap(() => numbers(50), map, { concurrency: 4, signal: undefined }));
  expect(results).toEqual(Array.from({ length: 50 }, (_, i) => i * 2));
  expect(most).toBe(4);
});

test("in order of arrival, a slow call holds up none of the others", async () => {
  const gate = new AbortController();
  const map = async (i: number): Promise<number> => {
    if (i === 0) await sleep(3_600_000, gate.signal).catch(() => {});
    if (i === 2) gate.abort();
    return i;
  };
  const options = { concurrency: 3, signal: undefined, order: "arrival" } as const;
  expect(new Set(await collect(parallelMap(() => numbers(3), map, options)))).toEqual(new Set([0, 1, 2]));
});

test("a consumer that stops, a failure and an abort end the calls in progress", async () => {
  const ended: string[] = [];
  const run = (signal: AbortSignal | undefined, fails: boolean) =>
    parallelMap(
      () => numbers(10),
      async (i, stop) => {
        if (fails && i === 1) throw new Error("failed");
        if (i === 0) return i;
        await sleep(3_600_000, stop).catch((error: unknown) => ended.push(String(error)));
        return i;
      },
      { concurrency: 3, signal },
    );
  for await (const result of run(undefined, false)) {
    expect(result).toBe(0);
    break;
  }
  expect(ended).toHaveLength(2);
  await expect(collect(run(undefined, true))).rejects.toThrow("failed");
  const controller = new AbortController();
  const all = collect(run(controller.signal, false));
  controller.abort(new Error("enough"));
  await expect(all).rejects.toThrow("enough");
});
