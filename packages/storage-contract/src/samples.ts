import type { ListOptions, ObjectStorage } from "@metering/core";
import { expect } from "vitest";

/** A body of its own for each text, so that mixed-up objects are noticed. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes that look random and are the same on each run. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** The order every store lists in, by a reference that is not core's own. */
export const sortedByBytes = (keys: readonly string[]): string[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Compares bodies without printing megabytes where they differ. */
export function expectSameBytes(actual: Uint8Array, expected: Uint8Array): void {
  const isBytes = actual instanceof Uint8Array;
  if (isBytes && Buffer.compare(actual, expected) === 0) return;
  expect(isBytes, "whether the body is a Uint8Array").toBe(true);
  expect(actual.byteLength, "length of the body in bytes").toBe(expected.byteLength);
  const first = expected.findIndex((byte, i) => byte !== actual[i]);
  expect(actual[first], `byte ${first} of ${expected.byteLength} of the body`).toBe(expected[first]);
}

/** More than clocks differ where requests are signed, less than any two time zones. */
const fifteenMinutes = 900_000;

/** Fails unless the time is now, give or take the clock of the store. */
export function expectRecent(time: Date | undefined): void {
  expect(time, "lastModified").toBeInstanceOf(Date);
  const distance = Math.abs((time?.getTime() ?? 0) - Date.now());
  expect(distance, `milliseconds between now and lastModified (${time?.toISOString()})`).toBeLessThan(fifteenMinutes);
}

/** Everything a listing yields. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The keys a listing yields, the same with and without `keysOnly`. */
export async function keysIn(storage: ObjectStorage, prefix = "", options?: ListOptions): Promise<string[]> {
  const keys = (await collect(storage.list(prefix, options))).map((object) => object.key);
  const alone = (await collect(storage.list(prefix, { ...options, keysOnly: true }))).map((object) => object.key);
  expect(alone, "the keys of list with keysOnly, compared with those of list").toEqual(keys);
  return keys;
}

/** Stores the key's own text under each key, 32 at a time. */
export async function putAll(storage: ObjectStorage, keys: readonly string[]): Promise<void> {
  const queue = keys.values();
  const worker = async (): Promise<void> => {
    for (const key of queue) await storage.put(key, bytesOf(key));
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
