import { silentLogger } from "@metering/core";
import { s3Faults } from "@metering/s3-test-server";
import { expect, test } from "vitest";
import { bytes, startStore } from "./store.ts";

const roleArn = "arn:aws:iam::123456789012:role/metering-writer";

async function startWithRole(role: { sessionSeconds?: number; externalId?: string } = {}) {
  const store = await startStore({ roles: { [roleArn]: role } });
  const assumeRole = { roleArn, stsEndpoint: store.server.endpoint };
  return { ...store, assumeRole };
}

test("a role is assumed once, however many calls there are", async () => {
  const { server, open, assumeRole } = await startWithRole();
  const storage = open({ assumeRole });
  await Promise.all(Array.from({ length: 50 }, (_, i) => storage.put(`key/${i}`, bytes("body"))));
  expect(server.count("AssumeRole")).toBe(1);
});

test("sessions are refreshed before they expire, one at a time, without failing a call", async () => {
  const { server, open, assumeRole } = await startWithRole({ sessionSeconds: 2 });
  const storage = open({ assumeRole, maxAttempts: 1 });
  const end = Date.now() + 5_000;
  let calls = 0;
  const worker = async (): Promise<void> => {
    while (Date.now() < end) {
      await storage.head(`key/${calls++}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  expect(calls).toBeGreaterThan(100);
  expect(server.count("AssumeRole")).toBeGreaterThanOrEqual(3);
  expect(server.count("AssumeRole")).toBeLessThanOrEqual(5);
});

test("a valid session stays in use while its refresh fails, and the failure is logged", async () => {
  const { server, open, assumeRole } = await startWithRole({ sessionSeconds: 2 });
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) };
  const storage = open({ assumeRole, logger });
  await storage.put("key", bytes("body"));
  server.fail(s3Faults.accessDenied, { operation: "AssumeRole", times: 1 });
  const end = Date.now() + 2_500;
  while (Date.now() < end) {
    await storage.head("key");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(warnings).toHaveLength(1);
  expect(server.count("AssumeRole")).toBeGreaterThanOrEqual(3);
});

test("the external id is sent", async () => {
  const { open, assumeRole } = await startWithRole({ externalId: "agreed-upon" });
  await open({ assumeRole: { ...assumeRole, externalId: "agreed-upon" } }).put("key", bytes("body"));
  await expect(open({ assumeRole }).get("key")).rejects.toMatchObject({ code: "permission-denied", key: "key" });
});

test("a role that must not be assumed is permission-denied, and the error names it", async () => {
  const { open, assumeRole } = await startWithRole();
  const storage = open({ assumeRole: { ...assumeRole, roleArn: `${roleArn}-other` } });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "permission-denied" });
  await expect(storage.get("key")).rejects.toThrow(`${roleArn}-other`);
});

test("assuming a role with wrong credentials is unauthenticated", async () => {
  const { server, open, assumeRole } = await startWithRole();
  const credentials = { ...server.credentials, secretAccessKey: "wrong" };
  await expect(open({ assumeRole, credentials }).get("key")).rejects.toMatchObject({ code: "unauthenticated" });
});

test("an STS that is down is unavailable", async () => {
  const { open, assumeRole } = await startWithRole();
  const storage = open({ assumeRole: { ...assumeRole, stsEndpoint: "http://127.0.0.1:1" }, maxAttempts: 2 });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "unavailable", retryable: true });
});

test("an STS that does not respond times out after timeoutMs and is retried", async () => {
  const { server, open, assumeRole } = await startWithRole();
  server.fail({ kind: "hang" }, { operation: "AssumeRole" });
  await open({ assumeRole, timeoutMs: 200 }).put("key", bytes("body"));
});

test("a provider of credentials is called, and its failure is unauthenticated", async () => {
  const { server, open } = await startStore();
  await open({ credentials: () => Promise.resolve(server.credentials) }).put("key", bytes("body"));
  const failing = open({ credentials: () => Promise.reject(new Error("no token")) });
  await expect(failing.get("key")).rejects.toMatchObject({ code: "unauthenticated", cause: { message: "no token" } });
});

test("a provider that resolves to no keys is unauthenticated", async () => {
  const { open } = await startStore();
  const empty = { accessKeyId: "", secretAccessKey: "" };
  await expect(open({ credentials: () => Promise.resolve(empty) }).get("key")).rejects.toMatchObject({
    code: "unauthenticated",
  });
});
