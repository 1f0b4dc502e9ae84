import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@metering/core";
import { createTokenCache } from "@metering/storage-kit";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { oidcCredentials } from "../src/default-credentials.ts";
import { assumeRole } from "../src/assume-role.ts";
import type { OssCredentials } from "../src/index.ts";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, openStorage, rejection, startServer } from "./open.ts";

// The STS endpoint of the test server has a self-signed certificate.
beforeEach(() => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.useRealTimers();
  });
});

const roleArn = "acs:ram::1234567890123456:role/metering";

test("the keys of a session work with their token, and not without it", async () => {
  const server = await startServer();
  const session = server.openSession(900);
  await openStorage(server, { credentials: session }).put("key", bytes("body"));
  const { accessKeyId, accessKeySecret } = session;
  const without = openStorage(server, { credentials: { accessKeyId, accessKeySecret } });
  expect((await rejection(without.get("key"))).code).toBe("unauthenticated");
});

test("the keys of an expired session are not sent", async () => {
  const server = await startServer();
  const storage = openStorage(server, { credentials: server.openSession(-1) });
  expect((await rejection(storage.get("key"))).code).toBe("unauthenticated");
  expect(server.requests.get).toBe(0);
});

test("a function whose keys have no expiration is called once, and again when OSS refuses them", async () => {
  const server = await startServer();
  const given: OssCredentials[] = [];
  const storage = openStorage(server, {
    credentials: () => {
      given.push(server.openSession(900));
      const { accessKeyId, accessKeySecret, securityToken } = given.at(-1) ?? server.credentials;
      return { accessKeyId, accessKeySecret, securityToken };
    },
  });
  await storage.put("key", bytes("body"));
  await storage.get("key");
  expect(given).toHaveLength(1);
  server.faults.add("get", { kind: "expired-token" });
  await storage.get("key");
  expect(given).toHaveLength(2);
});

test("a failing server of ALIBABA_CLOUD_CREDENTIALS_URI is unavailable, not a lack of credentials", async () => {
  for (const name of ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"]) vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", "/nowhere");
  vi.stubEnv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
  vi.stubEnv("ALIBABA_CLOUD_CREDENTIALS_URI", await answerWith((response) => void response.writeHead(500).end("no")));
  const storage = openStorage(await startServer(), { credentials: undefined, maxAttempts: 1 });
  expect(await rejection(storage.get("key"))).toMatchObject({ code: "unavailable", retryable: true });
});

test("keys that are refused again are not requested endlessly", async () => {
  const server = await startServer();
  let given = 0;
  const storage = openStorage(server, {
    credentials: async () => {
      given += 1;
      return { ...server.credentials, accessKeyId: "unknown" };
    },
  });
  expect((await rejection(storage.get("key"))).code).toBe("unauthenticated");
  expect([given, server.requests.get]).toEqual([2, 2]);
});

test("a function that never resolves makes the call time out, and a later call calls it again", async () => {
  const server = await startServer();
  let given = 0;
  const storage = openStorage(server, {
    maxAttempts: 1,
    timeoutMs: 200,
    credentials: () => (++given === 1 ? new Promise<never>(() => {}) : server.credentials),
  });
  expect((await rejection(storage.put("key", bytes("body")))).code).toBe("timeout");
  await expect.poll(() => storage.put("key", bytes("body")).then(() => "stored", String)).toBe("stored");
});

test.each([
  ["nothing", undefined],
  ["an empty key", { accessKeyId: "", accessKeySecret: "canary-secret" }],
  ["a text as end", { accessKeyId: "id", accessKeySecret: "canary-secret", expiration: "tomorrow" }],
])("a function that gives %s is unauthenticated, and the values are not shown", async (_what, value) => {
  const server = await startServer();
  // An untyped program may return this.
  const credentials: () => OssCredentials = JSON.parse.bind(undefined, JSON.stringify(value) ?? "null");
  const error = await rejection(openStorage(server, { credentials }).get("key"));
  expect(error.code).toBe("unauthenticated");
  expect(String(error)).not.toContain("canary");
});

test("a function that throws is unauthenticated, and the error says so", async () => {
  const server = await startServer();
  const storage = openStorage(server, { credentials: () => Promise.reject(new Error("not logged in")) });
  expect((await rejection(storage.get("key"))).code).toBe("unauthenticated");
});

describe("assumeRole", () => {
  test("assumes the role once for many calls, with keys or a session", async () => {
    const server = await startServer();
    const role = { roleArn, stsEndpoint: server.stsEndpoint };
    for (const credentials of [server.credentials, server.openSession(900), async () => server.openSession(900)]) {
      const storage = openStorage(server, { credentials, assumeRole: role });
      await Promise.all(Array.from({ length: 30 }, (_, i) => storage.put(`key/${i}`, bytes("body"))));
    }
    expect(server.requests).toMatchObject({ put: 90, assumeRole: 3 });
  });

  test("passes on session name, external id, policy and duration", async () => {
    const server = await startServer({ roles: [{ arn: roleArn, externalId: "tenant-1" }] });
    const role = {
      roleArn,
      stsEndpoint: `https://${server.stsEndpoint}`,
      sessionName: "me@example.com",
      externalId: "tenant-1",
      durationSeconds: 900,
      policy: '{"Version":"1","Statement":[]}',
    };
    await openStorage(server, { assumeRole: role }).put("key", bytes("body"));
    const stranger = openStorage(server, { assumeRole: { ...role, externalId: "tenant-2" } });
    expect((await rejection(stranger.get("key"))).code).toBe("permission-denied");
  });

  test("assumes it again in the last quarter of its session, and keeps the session while that fails", async () => {
    const server = await startServer();
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const role = { roleArn, durationSeconds: 900, stsEndpoint: server.stsEndpoint };
    const sts = { region: server.region, internal: false, timeoutMs: 5_000, connectTimeoutMs: 5_000 };
    const base = createTokenCache((): OssCredentials => server.credentials, { timeoutMs: 5_000 });
    const tokens = createTokenCache(assumeRole(base, role, sts), { timeoutMs: 5_000, logger });
    const credentials = () => tokens.get();
    vi.useFakeTimers({ toFake: ["Date"] });
    const first = await credentials();
    vi.setSystemTime(Date.now() + 600_000);
    expect(await credentials()).toBe(first);
    expect(server.requests.assumeRole).toBe(1);
    server.faults.add("assumeRole", { kind: "error", status: 500, code: "InternalError" });
    vi.setSystemTime(Date.now() + 100_000);
    expect(await credentials()).toBe(first);
    await expect.poll(() => warnings).toHaveLength(1);
    vi.setSystemTime(Date.now() + 5_000);
    await expect.poll(credentials).not.toBe(first);
    // The first session has expired, the second one works.
    vi.setSystemTime(Date.now() + 200_000);
    await openStorage(server, { credentials }).put("key", bytes("body"));
    expect(server.requests.assumeRole).toBe(3);
  });

  test("sends no expired session", async () => {
    const server = await startServer({ sessionSeconds: 60 });
    const storage = openStorage(server, { assumeRole: { roleArn, stsEndpoint: server.stsEndpoint }, maxAttempts: 1 });
    vi.useFakeTimers({ toFake: ["Date"] });
    await storage.put("key", bytes("body"));
    server.faults.add("assumeRole", { kind: "cut-before-store" });
    vi.setSystemTime(Date.now() + 61_000);
    expect((await rejection(storage.get("key"))).code).toBe("unavailable");
    expect(server.requests.get).toBe(0);
    await storage.get("key");
  });

  test.each([
    ["permission-denied", "a role that does not exist", "EntityNotExist.Role", 404],
    ["permission-denied", "a role it may not assume", "NoPermission", 403],
    ["unauthenticated", "an unknown key", "InvalidAccessKeyId.NotFound", 404],
    ["throttled", "too many requests", "Throttling.User", 400],
    ["unavailable", "a failure of STS", "InternalError", 500],
  ])("%s is what %s means", async (code, _what, stsCode, status) => {
    const server = await startServer();
    const storage = openStorage(server, {
      assumeRole: { roleArn, stsEndpoint: server.stsEndpoint },
      maxAttempts: 1,
    });
    server.faults.add("assumeRole", { kind: "error", status, code: stsCode });
    const error = await rejection(storage.get("key"));
    expect([error.code, error.key]).toEqual([code, "key"]);
    expect(error.message).toContain(roleArn);
  });

  test("a transient failure of STS fails no call", async () => {
    const server = await startServer();
    const storage = openStorage(server, { assumeRole: { roleArn, stsEndpoint: server.stsEndpoint } });
    server.faults.add("assumeRole", { kind: "lost-response" });
    server.faults.add("assumeRole", { kind: "error", status: 503, code: "ServiceUnavailable" });
    await storage.put("key", bytes("body"));
  });
});

describe("without credentials given", () => {
  test("the environment's keys are used, also if they are set only later", async () => {
    const server = await startServer();
    const home = await mkdtemp(join(tmpdir(), "home-"));
    onTestFinished(() => rm(home, { recursive: true }));
    vi.stubEnv("HOME", home);
    vi.stubEnv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", undefined);
    const storage = openStorage(server, { credentials: undefined });
    expect((await rejection(storage.put("key", bytes("body")))).code).toBe("unauthenticated");
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_ID", server.credentials.accessKeyId);
    vi.stubEnv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", server.credentials.accessKeySecret);
    await storage.put("key", bytes("body"));
  });

  test("the token of a pod is exchanged for a session of its role", async () => {
    const server = await startServer();
    const folder = await mkdtemp(join(tmpdir(), "pod-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "token"), server.oidcToken);
    vi.stubEnv("ALIBABA_CLOUD_OIDC_TOKEN_FILE", join(folder, "token"));
    vi.stubEnv("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1234567890123456:oidc-provider/ack-rrsa-test");
    vi.stubEnv("ALIBABA_CLOUD_ROLE_ARN", roleArn);
    const credentials = oidcCredentials(server.stsEndpoint);
    await openStorage(server, { credentials: () => credentials(false) }).put("key", bytes("body"));
    expect((await credentials(false)).expiration?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    await writeFile(join(folder, "token"), "stale");
    const stale = openStorage(server, { credentials: () => credentials(false), maxAttempts: 1 });
    expect((await rejection(stale.get("key"))).code).toBe("unauthenticated");
  });
});
