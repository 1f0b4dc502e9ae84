import { Readable } from "node:stream";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "@metering/core";
import { expect, test } from "vitest";
import { readPage } from "../src/listing.ts";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, startStore } from "./store.ts";

async function keysOf(objects: AsyncIterable<ListedObject>): Promise<string[]> {
  const keys = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

test("50 keys are listed once each, in order, with one request per page of 20", async () => {
  const count = 50;
  const { server, open } = await startStore({ pageSize: 20 });
  const storage = open();
  const keys = Array.from({ length: count }, (_, i) => `many/${String(i).padStart(6, "0")}`);
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  expect(await keysOf(storage.list("many/"))).toEqual(keys);
  expect(server.count("ListObjectsV2")).toBe(Math.ceil(count / 20));
  expect(await keysOf(storage.list("many/", { startAfter: keys[count - 3] }))).toEqual(keys.slice(-2));
});

test("a page is requested when its first object is, and not before", async () => {
  const { server, open } = await startStore({ pageSize: 20 });
  const storage = open();
  const keys = Array.from({ length: 30 }, (_, i) => String(i).padStart(6, "0"));
  await Promise.all(keys.map((key) => storage.put(key, bytes("x"))));
  const objects = storage.list("")[Symbol.asyncIterator]();
  expect(server.count("ListObjectsV2")).toBe(0);
  for (let i = 0; i < 20; i++) await objects.next();
  expect(server.count("ListObjectsV2")).toBe(1);
  await objects.next();
  expect(server.count("ListObjectsV2")).toBe(2);
});

test("objects whose names are not valid keys are reported, not yielded", async () => {
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

test.each([
  [
    "a list of buckets",
    "<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>",
  ],
  ["a web page", "<html><body>Please log in</body></html>"],
  ["an empty body", ""],
  [
    "an object without a size",
    "<ListBucketResult><Name>metering</Name><IsTruncated>false</IsTruncated><Contents><Key>a</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Contents></ListBucketResult>",
  ],
])("%s is not an empty listing, but an error that says what to check", async (_what, body) => {
  const endpoint = await answerWith((response) => void response.setHeader("content-type", "application/xml").end(body));
  const { open } = await startStore();
  const listing = keysOf(open({ endpoint, maxAttempts: 1 }).list(""));
  await expect(listing).rejects.toMatchObject({
    code: "storage-failure",
    message: expect.stringContaining("forcePathStyle"),
  });
});

test("a listing longer than any page can be is cut off before it fills the memory", async () => {
  const endpoint = await answerWith((response) => {
    response.write("<ListBucketResult><Name>metering</Name><IsTruncated>false</IsTruncated>");
    Readable.from(endless()).pipe(response);
  });
  const { open } = await startStore();
  await expect(keysOf(open({ endpoint, maxAttempts: 1 }).list(""))).rejects.toMatchObject({ code: "storage-failure" });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(100_000, " ");
}

test("names are decoded only if the store encodes them", () => {
  const page = { Name: "metering", KeyCount: 2, IsTruncated: false };
  const names = ["a%20b", "a+b", "%FF"].map((Key) => ({ Key, Size: 1, LastModified: new Date(0) }));
  const namesOf = (answer: object) => readPage({ ...page, Contents: names, ...answer }).objects.map(({ name }) => name);
  expect(namesOf({})).toEqual(["a%20b", "a+b", "%FF"]);
  expect(namesOf({ EncodingType: "url" })).toEqual(["a b", "a b", "%FF"]);
});
