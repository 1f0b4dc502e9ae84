import * as core from "@metering/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { decoderTarget, diskCacheTarget, jsonTarget, keyTarget, metadataTarget, type Target } from "./fuzz.ts";
import { loadPortableCore } from "./portable-core.ts";
import { watchMemory } from "./watched-memory.ts";

/** Shares of the cases, by what they are given to and what is promised of it. A file takes ten times as long as a text. */
const targets: readonly (readonly [promise: string, share: number, target: Target])[] = [
  ["a damaged file is rejected or read, by Node's gzip", 0.1, decoderTarget(core)],
  [
    "a damaged file is rejected or read, by the portable gzip",
    0.05,
    async (cases) => decoderTarget(await loadPortableCore())(cases),
  ],
  ["any text is a key that core would build, or not a key", 0.45, keyTarget],
  ["JSON is accepted and rejected as the platform does", 0.35, jsonTarget],
  ["damaged metadata in a storage is rejected or read, never replaced by another version", 0.025, metadataTarget],
  ["a damaged file of the disk cache counts as absent", 0.025, diskCacheTarget],
];

const maxGrowthBytes = 512 * 1024 * 1024;

/** Registers the tests that give `cases` fuzz cases to everything that reads what others wrote. */
export function testFuzz(cases: number): void {
  const prototype = Reflect.ownKeys(Object.prototype);
  let memory: ReturnType<typeof watchMemory>;
  beforeAll(() => {
    memory = watchMemory();
  });
  afterAll(() => {
    expect(memory.end()).toBeLessThan(maxGrowthBytes);
    expect(Reflect.ownKeys(Object.prototype)).toStrictEqual(prototype);
  });

  for (const [promise, share, target] of targets) {
    it(`${promise} (${Math.round(cases * share)} cases)`, () => target(Math.round(cases * share)), cases * 20 + 60_000);
  }
}
