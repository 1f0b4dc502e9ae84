import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { s3Faults } from "@metering/s3-test-server";
import type { S3Credentials } from "@metering/storage-s3";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, startStore } from "./store.ts";

test("a function whose credentials have no expiration is called once, and again when the store refuses them", async () => {
  const { server, open } = await startStore();
  let given = 0;
  const storage = open({
    credentials: async () => {
      given += 1;
      return server.credentials;
    },
  });
  await storage.put("a", bytes("body"));
  await storage.put("b", bytes("body"));
  expect(given).toBe(1);
  server.fail(s3Faults.expiredToken);
  await storage.put("c", bytes("body"));
  expect(given).toBe(2);
});

test("keys that were rotated at their source are found by the next call", async () => {
  const { server, open } = await startStore();
  let keys: S3Credentials = { ...server.credentials, accessKeyId: "replaced" };
  const storage = open({ credentials: async () => keys });
  const failure = await storage.get("key").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "unauthenticated" });
  keys = server.credentials;
  await storage.put("key", bytes("body"));
});

test("credentials that are refused again are not requested endlessly", async () => {
  const { open, server } = await startStore();
  let given = 0;
  const storage = open({
    credentials: async () => {
      given += 1;
      return { ...server.credentials, accessKeyId: "unknown" };
    },
  });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(given).toBe(2);
});

test("expired credentials, or a clock that is ahead, fail before anything is sent", async () => {
  const { server, open } = await startStore();
  let given = 0;
  const storage = open({
    credentials: async () => {
      given += 1;
      return { ...server.credentials, expiration: new Date(Date.now() - 1_000) };
    },
  });
  await expect(storage.get("key")).rejects.toMatchObject({
    code: "unauthenticated",
    message: expect.stringContaining("clock"),
  });
  expect([given, server.count("GetObject")]).toEqual([1, 0]);
});

test("a function that never resolves makes the call time out, and a later call calls it again", async () => {
  const { server, open } = await startStore();
  let given = 0;
  const storage = open({
    maxAttempts: 1,
    timeoutMs: 200,
    credentials: () => (++given === 1 ? new Promise<never>(() => {}) : Promise.resolve(server.credentials)),
  });
  await expect(storage.put("key", bytes("body"))).rejects.toMatchObject({ code: "timeout" });
  await expect.poll(() => storage.put("key", bytes("body")).then(() => "stored", String)).toBe("stored");
});

test("a pod whose token is refused is told to check the role, not the rights on the bucket", async () => {
  const { open } = await startStore();
  const sts = await answerWith(
    (response) =>
      void response
        .writeHead(403, { "content-type": "text/xml" })
        .end("<ErrorResponse><Error><Code>AccessDenied</Code><Message>No</Message></Error></ErrorResponse>"),
  );
  const token = join(mkdtempSync(join(tmpdir(), "metering-token-")), "token");
  writeFileSync(token, "token");
  onTestFinished(() => rmSync(dirname(token), { recursive: true }));
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/nowhere");
  vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", token);
  vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/writer");
  vi.stubEnv("AWS_ENDPOINT_URL_STS", sts);
  onTestFinished(() => void vi.unstubAllEnvs());
  const error: unknown = await open({ credentials: undefined, maxAttempts: 1 })
    .get("key")
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "unauthenticated", message: expect.stringContaining("role") });
  expect(String(error)).not.toContain("s3:GetObject");
});

test("a pod's missing token file is unauthenticated, and the error names it", async () => {
  const { open } = await startStore();
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/nowhere");
  vi.stubEnv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token");
  vi.stubEnv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/writer");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(open({ credentials: undefined }).get("key")).rejects.toMatchObject({
    code: "unauthenticated",
    message: expect.stringContaining("AWS_WEB_IDENTITY_TOKEN_FILE"),
  });
});
