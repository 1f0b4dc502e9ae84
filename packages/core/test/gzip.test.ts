import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as node from "../src/gzip-node.ts";
import * as portable from "../src/gzip-portable.ts";

const limit = 1_000_000;
const chunks = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 5 });

async function compress(gzip: typeof node, input: readonly Uint8Array[], level = 6): Promise<Uint8Array> {
  // What is released may be used for something else at once.
  const encoder = gzip.createGzipEncoder(level, (chunk) => chunk.fill(0));
  for (const chunk of input) await encoder.write(new Uint8Array(chunk));
  return encoder.end();
}

describe.each([
  ["Node's zlib", node],
  ["fflate", portable],
])("gzip on %s", (_, gzip) => {
  /** The bytes, or an empty array for a refusal. */
  const unzipped = async (file: Uint8Array): Promise<Uint8Array> => {
    const result = await gzip.gunzip(file, limit);
    return typeof result === "string" ? new Uint8Array() : result;
  };

  it("restores the input for any chunks, and other tools can read the file", async () => {
    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 0, max: 9 }), async (input, level) => {
        const packed = await compress(gzip, input, level);
        const expected = Buffer.concat(input);
        expect(gunzipSync(packed).equals(expected)).toBe(true);
        expect(Buffer.from(await unzipped(packed)).equals(expected)).toBe(true);
      }),
    );
  });

  it("produces the same bytes for the same input, without time or file name", async () => {
    const input = [Buffer.from("the same"), Buffer.from(" input")];
    const packed = await compress(gzip, input);
    expect(Buffer.from(packed)).toStrictEqual(Buffer.from(await compress(gzip, input)));
    expect([...packed.subarray(3, 8)]).toStrictEqual([0, 0, 0, 0, 0]);
  });

  it("compresses an input larger than its buffer", async () => {
    const chunk = Buffer.from(Array.from({ length: 100_000 }, (_unused, i) => String(i)).join());
    const input = Array.from({ length: 20 }, () => chunk);
    expect(gunzipSync(await compress(gzip, input)).equals(Buffer.concat(input))).toBe(true);
  });

  it("reads a file of several members, wherever its bytes are cut", async () => {
    const members = ["first ", "", "second ".repeat(3000), "third"];
    const file = Buffer.concat(members.map((member) => gzipSync(member)));
    expect(Buffer.from(await unzipped(file)).toString()).toBe(members.join(""));
    const large = Buffer.concat(Array.from({ length: 300 }, (_unused, i) => gzipSync(`${i},`.repeat(i))));
    expect(Buffer.from(await unzipped(large)).equals(gunzipSync(large))).toBe(true);
  });

  it("decompresses nothing beyond the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(await gzip.gunzip(bomb, limit)).toBe("too-large");
    expect(await gzip.gunzip(gzipSync(Buffer.alloc(limit)), limit)).toHaveLength(limit);
    expect(await gzip.gunzip(gzipSync(Buffer.alloc(limit + 1)), limit)).toBe("too-large");
  });

  const whole = gzipSync("a file, whole and sound");
  it.each([
    ["text", Buffer.from('{"this":"is not gzip, though long enough"}')],
    ["a file with text behind it", Buffer.concat([whole, Buffer.from("some text")])],
    ["a file with zeros behind it", Buffer.concat([whole, Buffer.alloc(9)])],
    ["a file with a wrong checksum", Buffer.concat([whole.subarray(0, -8), Buffer.alloc(4), whole.subarray(-4)])],
    ["a file with a wrong length", Buffer.concat([whole.subarray(0, -4), Buffer.alloc(4)])],
  ])("refuses %s", async (_name, bytes) => {
    await expect(gzip.gunzip(bytes, limit)).rejects.toBeInstanceOf(Error);
  });

  it.each([0, 5, 12, 20])("reports a file with only its first %s bytes as truncated", async (length) => {
    expect(await gzip.gunzip(whole.subarray(0, length), limit)).toBe("truncated");
  });

  it("never takes a truncated file for a complete one", async () => {
    for (let length = 0; length < whole.length; length++) {
      const result = await gzip.gunzip(whole.subarray(0, length), limit).catch(() => "refused");
      expect(["truncated", "refused"]).toContain(result);
    }
  });

  it("rejects a file with any bit flipped, or restores the input", async () => {
    const input = Buffer.from("some content that is long enough to matter ".repeat(5));
    const packed = gzipSync(input);
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(packed);
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const result = await gzip.gunzip(damaged, limit).catch(() => "refused" as const);
        if (typeof result !== "string") expect(Buffer.from(result).equals(input)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
