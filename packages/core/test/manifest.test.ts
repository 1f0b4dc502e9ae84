import { crc32, gunzipSync } from "node:zlib";
import {
  decodeMeteringPage,
  encodeRecord,
  isMeteringError,
  maxPageBytes,
  pageDigest,
  type MeteringElement,
  type MeteringRecord,
} from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const id = { timestamp: 1755850380, category: "tidb-server", selfId: "tidb01" };
const keyOf = (part: number): string => `metering/ru/1755850380/tidb-server/tidb01-${part}.json.gz`;

interface Encoded {
  readonly part: number;
  readonly file: Uint8Array;
}

async function encode(data: MeteringRecord["data"], pageSizeBytes: number, level = 6): Promise<readonly Encoded[]> {
  const encoded: Encoded[] = [];
  for await (const page of encodeRecord({ ...id, data }, { pageSizeBytes, compressionLevel: level })) {
    encoded.push({ part: page.part, file: await page.compress() });
  }
  return encoded;
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");
const elementOf = (bytes: number): MeteringElement => ({ n: "x".repeat(bytes - 8) });
const jsonOf = (file: Uint8Array): string => gunzipSync(file).toString();

describe("part 0", () => {
  it("ends with the manifest as the format says", async () => {
    const [only] = await encode([{ a: 1 }], 1000);
    expect(jsonOf(only?.file ?? new Uint8Array())).toBe(
      '{"timestamp":1755850380,"category":"tidb-server","self_id":"tidb01","part":0,"data":[{"a":1}],"parts":1}',
    );
    const [second, third, first] = await encode([{ a: 1 }, { a: 2 }, { a: 2 }], 7);
    expect([second?.part, third?.part, first?.part]).toStrictEqual([1, 2, 0]);
    const digests = [second, third].map((page) => pageDigest(page?.file ?? new Uint8Array()));
    expect(jsonOf(first?.file ?? new Uint8Array())).toBe(
      `{"timestamp":1755850380,"category":"tidb-server","self_id":"tidb01","part":0,"data":[{"a":1}],"parts":3,"digests":${JSON.stringify(digests)}}`,
    );
    // Pages 1 and 2 hold the same element: only their own part number tells them apart.
    expect(new Set(digests).size).toBe(2);
  });

  it("names every page by CRC-32 and length of its uncompressed bytes, whatever the compression", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.nat(3).map((n) => ({ n })),
          { maxLength: 30 },
        ),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        async (data, pageSizeBytes, level) => {
          const pages = await encode(data, pageSizeBytes, level);
          const first = await decodeMeteringPage(keyOf(0), pages.at(-1)?.file ?? new Uint8Array());
          const others = pages.slice(0, -1);
          expect(first.manifest?.parts).toBe(pages.length);
          expect(first.manifest?.digests).toStrictEqual(
            others.map(({ file }) => {
              const json = gunzipSync(file);
              return hex(crc32(json)) + hex(json.length);
            }),
          );
          const read = [
            first,
            ...(await Promise.all(others.map(({ part, file }) => decodeMeteringPage(keyOf(part), file)))),
          ];
          expect(read.flatMap((page) => page.data)).toStrictEqual(data);
          expect(read.slice(1).every(({ manifest }) => manifest === undefined)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is accepted by a reader that ignores unknown fields, as the Go SDK does", async () => {
    const pages = await encode([{ a: 1 }, { a: 2 }], 7);
    for (const { part, file } of pages) {
      const { timestamp, category, self_id, part: number, data } = JSON.parse(jsonOf(file));
      expect({ timestamp, category, self_id, number, data }).toStrictEqual({
        timestamp: id.timestamp,
        category: id.category,
        self_id: id.selfId,
        number: part,
        data: [{ a: part + 1 }],
      });
    }
    // Every field that the Go SDK writes is written before the manifest.
    const goFields = goTrees.flatMap(({ files }) => files.map(({ content }) => Object.keys(content)));
    expect(goFields.flat()).not.toContain("parts");
  });

  it("leaves room for the manifest if its elements alone would fill the page", async () => {
    const largest =
      maxPageBytes - JSON.stringify({ ...id, selfId: undefined, self_id: id.selfId, part: 10, data: [] }).length;
    const pages = await encode([elementOf(largest), elementOf(1000)], maxPageBytes, 1);
    expect(pages.map(({ part }) => part)).toStrictEqual([1, 2, 0]);
    for (const { file } of pages) expect(gunzipSync(file).length).toBeLessThanOrEqual(maxPageBytes);
  });
});

describe("a record", () => {
  it("given as an array is checked completely before its first page is encoded", async () => {
    const data = [...Array.from({ length: 50 }, () => ({ a: 1 })), { a: Number.NaN }];
    const first = await encodeRecord({ ...id, data }, { pageSizeBytes: 20 })
      .next()
      .catch((error: unknown) => error);
    expect(isMeteringError(first, "invalid-record")).toBe(true);
    expect(String(first)).toContain("data[50]");
  });
});
