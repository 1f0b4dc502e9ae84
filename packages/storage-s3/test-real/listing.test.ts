import { expect, test } from "vitest";
import { bytes } from "../test/store.ts";
import { createBucket, openStorage } from "./gateway.ts";

test.for([2_500, 10_000])("%i keys come each once and in order, also from the midst of them", async (count) => {
  const storage = openStorage({ bucket: await createBucket(), prefix: "team" });
  const keys = Array.from({ length: count }, (_, i) => `many/${String(i).padStart(6, "0")}`);
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  const listed = [];
  for await (const { key } of storage.list("many/")) listed.push(key);
  expect(listed).toEqual(keys);
  const rest = [];
  for await (const { key } of storage.list("many/", { startAfter: keys[count - 1_234] })) rest.push(key);
  expect(rest).toEqual(keys.slice(count - 1_233));
});
