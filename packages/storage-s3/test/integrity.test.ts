import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { bytes, startStore, text, type Store } from "./store.ts";

const clientOf = ({ server: { endpoint, region, credentials } }: Store) =>
  new S3Client({ endpoint, region, credentials: { ...credentials } });

test("a put carries a checksum", async () => {
  const store = await startStore();
  await store.open().put("key", bytes("body"));
  const stored = await clientOf(store).send(
    new HeadObjectCommand({ Bucket: "metering", Key: "key", ChecksumMode: "ENABLED" }),
  );
  expect(stored.ChecksumCRC32).toBeDefined();
});

test("a truncated or damaged download is retried", async () => {
  const { server, open } = await startStore();
  const storage = open();
  await storage.put("key", bytes("a somewhat longer body"));
  server.fail({ kind: "cut-body", afterBytes: 5 });
  server.fail({ kind: "cut-body", afterBytes: 0 });
  server.fail({ kind: "damage-body" });
  expect(text(await storage.get("key"))).toBe("a somewhat longer body");
  expect(server.count("GetObject")).toBe(4);
});

test("a download that is always truncated or damaged is an error, never truncated or wrong data", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxAttempts: 2 });
  await storage.put("key", bytes("a somewhat longer body"));
  server.fail({ kind: "cut-body", afterBytes: 5 }, { times: 2 });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "unavailable" });
  server.fail({ kind: "damage-body" }, { times: 2 });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "unavailable" });
});

test("a truncated or damaged listing is retried", async () => {
  const { server, open } = await startStore();
  const storage = open();
  await storage.put("key", bytes("body"));
  server.fail({ kind: "cut-body", afterBytes: 150 });
  server.fail({ kind: "damage-body" });
  const keys = [];
  for await (const { key } of storage.list("")) keys.push(key);
  expect(keys).toEqual(["key"]);
});

test("an object stored without a checksum is read", async () => {
  const store = await startStore();
  const client = clientOf(store);
  client.middlewareStack.add(
    (next) => (args) => {
      if (typeof args.request === "object" && args.request !== null && "headers" in args.request) {
        Reflect.deleteProperty(Object(args.request.headers), "x-amz-checksum-crc32");
      }
      return next(args);
    },
    { step: "build", priority: "low" },
  );
  await client.send(new PutObjectCommand({ Bucket: "metering", Key: "key", Body: "body" }));
  const stored = await client.send(new GetObjectCommand({ Bucket: "metering", Key: "key", ChecksumMode: "ENABLED" }));
  await stored.Body?.transformToString();
  expect(stored.ChecksumCRC32).toBeUndefined();
  expect(text(await store.open().get("key"))).toBe("body");
});

test("an object larger than maxBytes is rejected by its length, without reading its body", async () => {
  const { server, open } = await startStore();
  const storage = open();
  await storage.put("key", new Uint8Array(1_000_000));
  // The body never arrives, so only the length can have been checked.
  server.fail({ kind: "cut-body", afterBytes: 0 });
  await expect(storage.get("key", { maxBytes: 999_999 })).rejects.toMatchObject({ code: "too-large", key: "key" });
  expect(server.count("GetObject")).toBe(1);
});

test("encryption and storage class reach the store", async () => {
  const store = await startStore();
  const head = (Key: string) => clientOf(store).send(new HeadObjectCommand({ Bucket: "metering", Key }));
  await store.open({ encryption: { type: "sse-s3" }, storageClass: "STANDARD_IA" }).put("s3", bytes("body"));
  expect(await head("s3")).toMatchObject({ ServerSideEncryption: "AES256", StorageClass: "STANDARD_IA" });
  const kms = store.open({ encryption: { type: "sse-kms", keyId: "key-1" } });
  await kms.put("kms", bytes("body"), { ifAbsent: true });
  expect(await head("kms")).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key-1" });
});
