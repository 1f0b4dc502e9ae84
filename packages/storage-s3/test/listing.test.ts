import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "@metering/core";
import { createKeyPrefix } from "@metering/storage-kit";
import { expect, test } from "vitest";
import { type FetchPage, listObjects } from "../src/listing.ts";
import { bytes, startStore } from "./store.ts";

async function keysOf(objects: AsyncIterable<ListedObject>): Promise<string[]> {
  const keys = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

test("2,500 keys come each once, in order, by a request for every 1,000", async () => {
  const count = 2_500;
  const { server, open } = await startStore();
  const storage = open();
  const keys = Array.from({ length: count }, (_, i) => `many/${String(i).padStart(6, "0")}`);
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  expect(await keysOf(storage.list("many/"))).toEqual(keys);
  expect(server.count("ListObjectsV2")).toBe(Math.ceil(count / 1_000));
  expect(await keysOf(storage.list("many/", { startAfter: keys[count - 3] }))).toEqual(keys.slice(-2));
});

test("a page is asked for when its first object is, and not before", async () => {
  const { server, open } = await startStore();
  const storage = open();
  const keys = Array.from({ length: 1_500 }, (_, i) => String(i).padStart(6, "0"));
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  const objects = storage.list("")[Symbol.asyncIterator]();
  expect(server.count("ListObjectsV2")).toBe(0);
  for (let i = 0; i < 1_000; i++) await objects.next();
  expect(server.count("ListObjectsV2")).toBe(1);
  await objects.next();
  expect(server.count("ListObjectsV2")).toBe(2);
});

test("objects of others whose names are no valid keys are not yielded but told", async () => {
  const { server, open } = await startStore();
  const { endpoint, region, credentials } = server;
  const client = new S3Client({ endpoint, region, credentials: { ...credentials } });
  for (const Key of ["folder/", "a//b", "a\u0001b", "a\nb", "valid"]) {
    await client.send(new PutObjectCommand({ Bucket: "metering", Key, Body: "x" }));
  }
  const names: string[] = [];
  expect(await keysOf(open().list("", { onInvalidKey: (name) => void names.push(name) }))).toEqual(["valid"]);
  expect(names.sort()).toEqual(["a\u0001b", "a\nb", "a//b", "folder/"].sort());
});

const page = (names: readonly string[], more: Partial<Awaited<ReturnType<FetchPage>>> = {}) => ({
  Contents: names.map((Key) => ({ Key, Size: 1, LastModified: new Date(0) })),
  ...more,
});
const noPrefix = createKeyPrefix(undefined, "store");

test("a store that lists out of order is not-supported, rather than listed wrongly", async () => {
  const fetchPage = () => Promise.resolve(page(["b", "a"]));
  await expect(keysOf(listObjects(fetchPage, noPrefix, "store", undefined))).rejects.toMatchObject({
    code: "not-supported",
  });
});

test("a listing that goes on without saying where is an error, not an endless loop", async () => {
  for (const NextContinuationToken of [undefined, "same"]) {
    let pages = 0;
    const fetchPage = () => Promise.resolve(page([String(pages++)], { IsTruncated: true, NextContinuationToken }));
    await expect(keysOf(listObjects(fetchPage, noPrefix, "store", undefined))).rejects.toMatchObject({
      code: "storage-failure",
    });
  }
});

test("names of a store that does not encode them are taken as they are", async () => {
  const fetchPage = () => Promise.resolve(page(["a%20b", "a+b"]));
  expect(await keysOf(listObjects(fetchPage, noPrefix, "store", undefined))).toEqual(["a%20b", "a+b"]);
});
