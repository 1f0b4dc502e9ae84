import type { ObjectStorage } from "@metering/core";
import { withRetries, withTimeLimit } from "@metering/storage-kit";
import { expect, onTestFinished, test } from "vitest";
import { createMemoryStorage } from "./memory.ts";

test.each([
  { name: "retries", layer: (storage: ObjectStorage) => withRetries(storage) },
  { name: "a time limit", layer: (storage: ObjectStorage) => withTimeLimit(storage, 1000) },
])("calls at once with one signal print no warning about listeners through $name", async ({ layer }) => {
  const warnings: string[] = [];
  const keep = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", keep);
  onTestFinished(() => void process.off("warning", keep));
  const storage = layer(createMemoryStorage());
  await storage.put("key", new Uint8Array(3));
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 50 }, () => storage.get("key", { signal })));
  // Node prints warnings in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
