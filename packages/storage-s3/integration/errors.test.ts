import { expect, test } from "vitest";
import { bytes } from "../test/store.ts";
import { createBucket, gateway, openStorage } from "./gateway.ts";

test("a missing bucket differs from a missing object", async () => {
  const here = openStorage({ bucket: await createBucket() });
  const nowhere = openStorage({ bucket: "no-such-bucket" });
  await expect(here.get("key")).rejects.toMatchObject({ code: "not-found" });
  expect(await here.head("key")).toBeUndefined();
  const missing = { code: "bucket-not-found" };
  await expect(nowhere.put("key", bytes("body"))).rejects.toMatchObject(missing);
  await expect(nowhere.get("key")).rejects.toMatchObject(missing);
  await expect(nowhere.head("key")).rejects.toMatchObject(missing);
  await expect(nowhere.delete("key")).rejects.toMatchObject(missing);
  await expect(nowhere.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing);
});

test("wrong keys are refused, and the error names bucket and key, never the secret", async () => {
  const bucket = await createBucket();
  const { credentials } = gateway;
  for (const wrong of [{ accessKeyId: "unknown" }, { secretAccessKey: "canary-secret" }]) {
    const storage = openStorage({ bucket, credentials: { ...credentials, ...wrong } });
    const failure: unknown = await storage.get("a/key").catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: expect.stringMatching(/^(unauthenticated|permission-denied)$/),
      key: "a/key",
      storage: `s3://${bucket}/`,
    });
    expect(String(failure)).toContain(bucket);
    expect(String(failure)).not.toContain("canary-secret");
  }
});

test("a download over a connection that breaks is an error or complete", async () => {
  const storage = openStorage({ bucket: await createBucket(), maxAttempts: 1, timeoutMs: 3 });
  const body = new Uint8Array(5_000_000).fill(7);
  await openStorage({ bucket: storage.name.slice(5, -1) }).put("key", body);
  for (let i = 0; i < 20; i++) {
    const got: unknown = await storage.get("key").catch((error: unknown) => error);
    if (got instanceof Uint8Array) expect(got.byteLength).toBe(5_000_000);
    else expect(got).toMatchObject({ code: "timeout" });
  }
});
