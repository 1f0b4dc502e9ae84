import { createTokenCache } from "@metering/storage-kit";
import { expect, test } from "vitest";
import { assumeRole } from "../src/assume-role.ts";
import type { Identity } from "../src/credentials.ts";
import { bytes } from "../test/store.ts";
import { createBucket, createRole, gateway, openStorage } from "./gateway.ts";

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: "arn:aws:s3:::*" }],
});

test("a role is assumed at the real server, and its credentials can write", async () => {
  const roleArn = await createRole(everything);
  const role = { roleArn, stsEndpoint: gateway.endpoint, durationSeconds: 900 };
  const storage = openStorage({ bucket: await createBucket(), assumeRole: role });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  expect((await storage.get("key")).byteLength).toBe(4);
});

test("short sessions are refreshed before they expire, without failing a call", async () => {
  const roleArn = await createRole(everything);
  const { region, endpoint } = gateway;
  const credentials: Identity = gateway.credentials;
  // Shorter than S3Storage allows, so that the test need not wait 15 minutes.
  const role = createTokenCache(
    assumeRole(
      createTokenCache(() => credentials, { timeoutMs: 10_000 }),
      { roleArn, stsEndpoint: endpoint, durationSeconds: 2 },
      { region, timeoutMs: 10_000, connectTimeoutMs: 5_000 },
    ),
    { timeoutMs: 10_000 },
  );
  const sessions = new Set<string>();
  const storage = openStorage({
    bucket: await createBucket(),
    maxAttempts: 1,
    async credentials() {
      const session = await role.get();
      sessions.add(session.accessKeyId);
      return session;
    },
  });
  const end = Date.now() + 7_000;
  let puts = 0;
  while (Date.now() < end) {
    await storage.put(`key/${puts++}`, bytes("body"), { ifAbsent: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(puts).toBeGreaterThan(50);
  expect(sessions.size).toBeGreaterThanOrEqual(3);
});

test("the real server refuses an expired session, and the error is not retryable", async () => {
  const roleArn = await createRole(everything);
  const { region, endpoint } = gateway;
  const credentials: Identity = gateway.credentials;
  const role = assumeRole(
    createTokenCache(() => credentials, { timeoutMs: 10_000 }),
    { roleArn, stsEndpoint: endpoint, durationSeconds: 1 },
    { region, timeoutMs: 10_000, connectTimeoutMs: 5_000 },
  );
  const { accessKeyId, secretAccessKey, sessionToken } = await role(false);
  const storage = openStorage({
    bucket: await createBucket(),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });
  await storage.put("key", bytes("body"));
  await expect
    .poll(() => storage.get("key").catch((error: unknown) => error), { timeout: 10_000 })
    .toMatchObject({ code: expect.stringMatching(/^(unauthenticated|permission-denied)$/), retryable: false });
});

test("a role that does not exist is refused, and the error names it", async () => {
  const roleArn = "arn:aws:iam:::role/NoSuchRole";
  const storage = openStorage({ bucket: await createBucket(), assumeRole: { roleArn, stsEndpoint: gateway.endpoint } });
  await expect(storage.get("key")).rejects.toMatchObject({ name: "MeteringError", retryable: false });
  await expect(storage.get("key")).rejects.toThrow("NoSuchRole");
});
