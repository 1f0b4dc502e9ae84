import { silentLogger } from "@metering/core";
import { expect, test } from "vitest";
import { assumedRole } from "../src/assume-role.ts";
import { bytes } from "../test/store.ts";
import { createBucket, createRole, gateway, openStorage } from "./gateway.ts";

const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: "arn:aws:s3:::*" }],
});

test("a role is assumed at the real server, and its credentials write", async () => {
  const roleArn = await createRole(everything);
  const assumeRole = { roleArn, stsEndpoint: gateway.endpoint, durationSeconds: 900 };
  const storage = openStorage({ bucket: await createBucket(), assumeRole });
  await storage.put("key", bytes("body"), { ifAbsent: true });
  expect((await storage.get("key")).byteLength).toBe(4);
});

test("short sessions are renewed before they end, and no call notices", async () => {
  const roleArn = await createRole(everything);
  const { credentials, region, endpoint } = gateway;
  // Shorter than S3Storage lets one ask for: nobody wants to wait 15 minutes.
  const role = assumedRole(
    { roleArn, stsEndpoint: endpoint, durationSeconds: 2 },
    { credentials, region, timeoutMs: 10_000, connectTimeoutMs: 5_000, logger: silentLogger },
  );
  const sessions = new Set<string>();
  const storage = openStorage({
    bucket: await createBucket(),
    maxAttempts: 1,
    async credentials() {
      const session = await role();
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

test("a session that has ended is refused by the real server, as no retryable error", async () => {
  const roleArn = await createRole(everything);
  const { credentials, region, endpoint } = gateway;
  const role = assumedRole(
    { roleArn, stsEndpoint: endpoint, durationSeconds: 1 },
    { credentials, region, timeoutMs: 10_000, connectTimeoutMs: 5_000, logger: silentLogger },
  );
  const { accessKeyId, secretAccessKey, sessionToken } = await role();
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
