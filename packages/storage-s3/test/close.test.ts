import { S3Client } from "@aws-sdk/client-s3";
import { S3Storage } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes, startStore } from "./store.ts";

test("close closes the connections", async () => {
  const { server, open } = await startStore();
  const storage = open();
  await storage.put("key", bytes("body"));
  expect(await server.openSockets()).toBe(1);
  await storage.close();
  // Well before the server's own timeout for idle connections.
  await expect.poll(() => server.openSockets(), { timeout: 1_000 }).toBe(0);
});

test("calls in progress on close are completed", async () => {
  const { server, open } = await startStore();
  const storage = open({ maxConnections: 2 });
  server.fail({ kind: "delay", delayMs: 200 }, { operation: "PutObject", times: 6 });
  const puts = Array.from({ length: 6 }, (_, i) => storage.put(`key/${i}`, bytes("body")));
  await storage.close();
  expect(await storage.get("key/0").catch((error: unknown) => error)).toMatchObject({ code: "closed" });
  const reader = open();
  for (let i = 0; i < 6; i++) expect((await reader.get(`key/${i}`)).byteLength).toBe(4);
  await Promise.all(puts);
});

test("a caller's own client is used unchanged and not closed", async () => {
  const { server } = await startStore();
  const { endpoint, region, credentials } = server;
  const client = new S3Client({ endpoint, region, credentials: { ...credentials } });
  const first = new S3Storage({ bucket: "metering", client });
  await first.put("key", bytes("body"), { ifAbsent: true });
  let destroyed = false;
  client.destroy = () => {
    destroyed = true;
  };
  await first.close();
  expect(destroyed).toBe(false);
  await using second = new S3Storage({ bucket: "metering", client });
  expect((await second.get("key")).byteLength).toBe(4);
  expect(await server.openSockets()).toBe(1);
});

test("a response lost and retried by a caller's own client is success, not already-exists", async () => {
  const { server } = await startStore();
  const { endpoint, region, credentials } = server;
  const client = new S3Client({ endpoint, region, credentials: { ...credentials }, maxAttempts: 3 });
  await using storage = new S3Storage({ bucket: "metering", client, maxAttempts: 1 });
  await storage.put("proof", bytes("proof"), { ifAbsent: true });
  server.fail({ kind: "lose-answer" }, { operation: "PutObject" });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  client.destroy();
});
