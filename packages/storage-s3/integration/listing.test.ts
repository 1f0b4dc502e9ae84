import type { S3Storage } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes } from "../test/store.ts";
import { createBucket, openStorage } from "./gateway.ts";

async function listed(storage: S3Storage, prefix: string, startAfter?: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix, { startAfter })) keys.push(key);
  return keys;
}

test("2,500 keys, and 10,000 keys around them, are listed once each, in order, from the start and from the middle", async () => {
  const storage = openStorage({ bucket: await createBucket(), prefix: "team" });
  const keys = Array.from(
    { length: 10_000 },
    (_, i) => `many/${i < 2_500 ? "few/" : "more/"}${String(i).padStart(6, "0")}`,
  );
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  expect(await listed(storage, "many/few/")).toEqual(keys.slice(0, 2_500));
  expect(await listed(storage, "many/few/", keys[1_266])).toEqual(keys.slice(1_267, 2_500));
  expect(await listed(storage, "many/")).toEqual(keys);
  expect(await listed(storage, "many/", keys[1_266])).toEqual(keys.slice(1_267));
  // Storing so many takes the server a minute where it shares the machine.
}, 300_000);
