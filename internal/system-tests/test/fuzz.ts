import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  isMeteringError,
  metadataKeyPrefix,
  meteringKeyPrefix,
  parseJson,
  parseMetadataKey,
  parseMeteringKey,
  type JsonValue,
} from "@metering/core";
import { MetaReader } from "@metering/reader";
import { diskCache } from "@metering/reader/disk-cache";
import { MemoryStorage } from "@metering/storage-memory";
import fc from "fast-check";
import { expect } from "vitest";
import {
  damaged,
  damagedFile,
  damagedKey,
  damagedText,
  metadataFiles,
  meteringFiles,
  type FuzzFile,
} from "./mutations.ts";
import { createFolder } from "./places.ts";
import type { Core } from "./portable-core.ts";

/** A reader of files under test. Takes so many cases, and rejects with the first that fails. */
export type Target = (cases: number) => Promise<void>;

// A case is a few kilobytes. One that takes this much of the processor would be a way to stop a reader.
const maxCaseMs = 2_000;
// Most that a case may come to once decompressed. Every file of the Go SDK's is far below.
const maxBytes = 4 * 1024 * 1024;

async function tryAll<Case>(
  cases: number,
  input: fc.Arbitrary<Case>,
  attempt: (input: Case) => unknown,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(input, async (one) => {
      const before = process.cpuUsage();
      await attempt(one);
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(maxCaseMs);
    }),
    { numRuns: cases },
  );
}

/** What it gives, or nothing where it refused in the way that users are told of. */
async function orRefusal<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isMeteringError(error)) throw error;
    expect(["invalid-format", "truncated-file", "key-mismatch", "too-large", "invalid-argument"]).toContain(error.code);
    return undefined;
  }
}

/** A decoder of files: what it takes it can write again. */
export function decoderTarget({ decodeMeteringPage, decodeMetadata }: Core): Target {
  return async (cases) => {
    const files = fc.oneof(damagedFile(meteringFiles), damagedFile(metadataFiles));
    await tryAll(cases, files, async ({ key, bytes }: FuzzFile) => {
      const result = await orRefusal(async () =>
        parseMeteringKey(key) === undefined
          ? decodeMetadata(key, bytes, maxBytes)
          : decodeMeteringPage(key, bytes, maxBytes),
      );
      if (result === undefined) return;
      expect(result.key).toBe(key);
    });
  };
}

/** Keys: whatever the text, it is one that is looked up under its own prefix, or none. */
export const keyTarget: Target = async (cases) => {
  await tryAll(cases, damagedKey, (key) => {
    const page = parseMeteringKey(key);
    const metadata = parseMetadataKey(key);
    if (page !== undefined) expect(`${meteringKeyPrefix(page)}${page.part}.json.gz`).toBe(key);
    if (metadata !== undefined) expect(`${metadataKeyPrefix(metadata)}${metadata.modifyTs}.json.gz`).toBe(key);
  });
};

/** JSON: refused where the platform refuses it or reads infinity, and otherwise what it reads, big integers aside. */
export const jsonTarget: Target = async (cases) => {
  await tryAll(cases, damagedText, (text) => {
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      expect(() => parseJson(text)).toThrow(SyntaxError);
      return;
    }
    let value: JsonValue;
    try {
      value = parseJson(text);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
      expect(hasInfinity(expected), text).toBe(true);
      return;
    }
    // Not `toEqual`: it takes a property named "constructor" for the object's type.
    expect(isDeepStrictEqual(rounded(value), expected), text).toBe(true);
  });
};

function hasInfinity(value: unknown): boolean {
  if (typeof value === "number") return !Number.isFinite(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasInfinity);
}

function rounded(value: JsonValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item)]));
}

/** Metadata files in a storage: what cannot be used is refused, and nothing else stands in for it. */
export const metadataTarget: Target = async (cases) => {
  await using storage = new MemoryStorage();
  const reader = new MetaReader(storage, { maxDecompressedBytes: maxBytes });
  await tryAll(cases, damagedFile(metadataFiles), async ({ key, bytes }) => {
    await storage.put(key, bytes);
    const { clusterId, type, category, modifyTs } = parseMetadataKey(key) ?? expect.fail(key);
    const found = await orRefusal(async () =>
      type === undefined
        ? reader.readFile(key)
        : reader.readByType(clusterId, type, modifyTs, category === undefined ? {} : { category }),
    );
    if (found !== undefined) expect(found.key).toBe(key);
    await storage.delete(key);
  });
};

/** Files of the disk cache: what is not as it was left counts as absent. */
export const diskCacheTarget: Target = async (cases) => {
  await using folder = await createFolder();
  const cache = diskCache({ directory: folder.place, maxBytes: 10_000_000 });
  const [original] = metadataFiles;
  if (original === undefined) expect.fail("there are no fixtures");
  await cache.set(original.key, original.bytes);
  const path = join(folder.place, (await readdir(folder.place))[0] ?? "");
  const whole = new Uint8Array(await readFile(path));
  await tryAll(cases, damaged(whole), async (bytes) => {
    await writeFile(path, bytes);
    const found = await cache.get(original.key);
    // Some changes leave things as they were.
    if (Buffer.compare(bytes, whole) === 0) expect(found).toStrictEqual(original.bytes);
    else expect(found).toBeUndefined();
  });
};
