import { inspect } from "node:util";
import { isMeteringError, type Logger } from "@metering/core";
import type { Fault } from "@metering/oss-test-server";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, openStorage, startServer } from "./open.ts";

const faults: (Fault | undefined)[] = [
  undefined,
  { kind: "cut-before-store" },
  { kind: "lost-response" },
  { kind: "cut-body" },
  { kind: "slow", delayMs: 60_000 },
  { kind: "expired-token" },
  { kind: "clock-skew" },
  { kind: "error", status: 403, code: "AccessDenied" },
  { kind: "error", status: 403, code: "SignatureDoesNotMatch" },
  { kind: "error", status: 404, code: "NoSuchBucket" },
  { kind: "error", status: 409, code: "FileAlreadyExists" },
  { kind: "error", status: 500, code: "InternalError" },
  { kind: "error", status: 503, code: "ServiceUnavailable" },
];

test("no key, secret, token or signature leaks into errors, log lines, inspection or JSON, whatever fails", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await startServer();
  const session = server.openSession(900);
  const wrong = { ...session, accessKeySecret: "canary-wrong-secret" };
  const secrets = [session.accessKeySecret, session.securityToken, wrong.accessKeySecret, "OSS4-HMAC", "Signature="];
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const assumeRole = { roleArn: server.roleArn, stsEndpoint: server.stsEndpoint };
  const settings = { logger, maxAttempts: 2, timeoutMs: 50 };
  const storages = [
    openStorage(server, { ...settings, credentials: session }),
    openStorage(server, { ...settings, credentials: wrong }),
    openStorage(server, { ...settings, credentials: session, assumeRole }),
    openStorage(server, { ...settings, credentials: wrong, assumeRole }),
    openStorage(server, { ...settings, credentials: session, endpoint: "http://127.0.0.1:1" }),
    openStorage(server, {
      ...settings,
      credentials: session,
      assumeRole: { ...assumeRole, stsEndpoint: "127.0.0.1:1" },
    }),
  ];
  const seen: unknown[] = [...storages];
  for (const storage of storages) {
    for (const fault of faults) {
      const calls = [
        () => storage.put("key", bytes("body"), { ifAbsent: true }),
        () => storage.get("key"),
        () => storage.head("key"),
        () => collect(storage.list("")),
        () => storage.delete("key"),
      ];
      for (const call of calls) {
        server.faults.clear();
        if (fault !== undefined) server.faults.add("any", fault, 2);
        await call().catch((error: unknown) => {
          expect(isMeteringError(error)).toBe(true);
          seen.push(error);
        });
      }
    }
  }
  expect(seen.length).toBeGreaterThan(150);
  const shown = seen.map((value) => inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value)).join();
  for (const secret of secrets) {
    expect(shown).not.toContain(secret);
    expect(lines.join()).not.toContain(secret);
  }
});

test("a server that echoes the request leaks no credentials either", async () => {
  const server = await startServer();
  const session = server.openSession(900);
  const endpoint = await answerWith((response) => {
    response.writeHead(400, { "content-type": "text/html" }).end(`<p>${JSON.stringify(response.req.headers)}`);
  });
  const storage = openStorage(server, { endpoint, credentials: session });
  const error: unknown = await storage.get("key").catch((thrown: unknown) => thrown);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(session.securityToken);
});
