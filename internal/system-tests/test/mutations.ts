import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { goTrees } from "@metering/go-sdk-fixtures";
import fc from "fast-check";

/** A file of the Go SDK, damaged or not. */
export interface FuzzFile {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const originals: readonly FuzzFile[] = goTrees.flatMap(({ root, files }) =>
  files.map(({ key }) => ({ key, bytes: new Uint8Array(readFileSync(join(root, key))) })),
);

const anyOriginal = fc.constantFrom(...originals);
const isMetering = ({ key }: FuzzFile): boolean => key.startsWith("metering/ru/");

/** Metering pages that the Go SDK wrote. */
export const meteringFiles = originals.filter(isMetering);
/** Metadata files that the Go SDK wrote. */
export const metadataFiles = originals.filter((file) => !isMetering(file));

type Change = (bytes: Uint8Array) => Uint8Array;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Uint8Array, where: number): number => Math.floor(bytes.length * where);

/** Bytes that mean something to a parser of JSON or gzip more often than random ones do. */
const telling = fc.constantFrom(
  ...['"', "\\", "{", "}", "[", "]", ",", ":", "-", "0", "9".repeat(40), "1e999", "\u0000", "null", "NaN"].map((text) =>
    new TextEncoder().encode(text),
  ),
  ...['{"__proto__":{"polluted":1}}', '"constructor":{"prototype":{"polluted":1}}', "[".repeat(2000)].map((text) =>
    new TextEncoder().encode(text),
  ),
  new Uint8Array([0x1f, 0x8b, 8, 0]),
  new Uint8Array([0xff, 0xfe, 0xed, 0xa0, 0x80]),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  // flip
  fc.tuple(place, fc.nat(7)).map(([where, bit]): Change => {
    return (bytes) => bytes.map((byte, index) => (index === at(bytes, where) ? byte ^ (1 << bit) : byte));
  }),
  // cut
  fc.tuple(place, place).map(([from, length]): Change => {
    return (bytes) => concat(bytes.subarray(0, at(bytes, from)), bytes.subarray(at(bytes, from) + at(bytes, length)));
  }),
  place.map(
    (where): Change =>
      (bytes) =>
        bytes.slice(0, at(bytes, where)),
  ),
  // insert
  fc.tuple(place, fc.oneof(telling, fc.uint8Array({ maxLength: 20 }))).map(([where, more]): Change => {
    return (bytes) => concat(bytes.subarray(0, at(bytes, where)), more, bytes.subarray(at(bytes, where)));
  }),
  // duplicate
  fc.tuple(place, place, fc.integer({ min: 1, max: 20 })).map(([from, length, times]): Change => {
    return (bytes) => {
      const piece = bytes.subarray(at(bytes, from), at(bytes, from) + at(bytes, length));
      const end = at(bytes, from) + piece.length;
      return concat(bytes.subarray(0, end), ...Array.from({ length: times }, () => piece), bytes.subarray(end));
    };
  }),
  // splice of two
  fc.tuple(anyOriginal, place, place).map(([other, here, there]): Change => {
    return (bytes) => concat(bytes.subarray(0, at(bytes, here)), other.bytes.subarray(at(other.bytes, there)));
  }),
  anyOriginal.map(
    (other): Change =>
      (bytes) =>
        concat(bytes, other.bytes),
  ),
);

const changes: fc.Arbitrary<Change> = fc.array(change, { minLength: 1, maxLength: 4 }).map((all): Change => {
  return (bytes) => all.reduce((result, one) => one(result), bytes);
});

/** Bytes with some changes. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return changes.map((damage) => damage(bytes));
}

/** One of the files, damaged as it is stored or in what it holds: then its gzip is sound, and JSON is what breaks. */
export function damagedFile(files: readonly FuzzFile[]): fc.Arbitrary<FuzzFile> {
  return fc.tuple(fc.constantFrom(...files), changes, fc.boolean()).map(([{ key, bytes }, damage, inside]) => ({
    key,
    bytes: inside ? new Uint8Array(gzipSync(damage(gunzipSync(bytes)), { level: 1 })) : damage(bytes),
  }));
}

/** The JSON of one of the files, damaged. */
export const damagedText: fc.Arbitrary<string> = fc
  .tuple(anyOriginal, changes)
  .map(([{ bytes }, damage]) => new TextDecoder().decode(damage(gunzipSync(bytes))));

/** Texts near a key: keys of the files, damaged, and others made of the same pieces. */
export const damagedKey: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(anyOriginal, changes)
    .map(([{ key }, damage]) => new TextDecoder().decode(damage(new TextEncoder().encode(key)))),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "metering",
          "ru",
          "meta",
          "logic",
          "sharedpool",
          "60",
          "1755850380",
          "a-0.json.gz",
          "..",
          "",
          "-",
        ),
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.bigInt({ min: 0n, max: 10n ** 30n }).map((number) => `${number}.json.gz`),
        fc.bigInt({ min: 0n, max: 10n ** 30n }).map((number) => `a-${number}.json.gz`),
      ),
      { maxLength: 9 },
    )
    .map((pieces) => pieces.join("/")),
);

function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
