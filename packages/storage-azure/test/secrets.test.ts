import { inspect } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import type { Fault } from "@metering/azure-test-server";
import { isMeteringError, type Logger } from "@metering/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, collect, opened, startServer } from "./open.ts";
import { AzureStorage, type AzureStorageOptions } from "../src/index.ts";

const faults: (Fault | undefined)[] = [
  undefined,
  { kind: "cut-before-store" },
  { kind: "lost-response" },
  { kind: "cut-body" },
  { kind: "slow", delayMs: 60_000 },
  { kind: "error", status: 403, code: "AuthenticationFailed" },
  { kind: "error", status: 403, code: "AuthorizationFailure" },
  { kind: "error", status: 404, code: "ContainerNotFound" },
  { kind: "error", status: 409, code: "BlobAlreadyExists" },
  { kind: "error", status: 500, code: "InternalError" },
];

test("no key, signature or token is in any error, log line, inspection or JSON, whatever fails", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await startServer({ tls: true });
  const { container, endpoint, accountName, accountKey, sasToken, token } = server;
  // An endpoint that answers with all it was sent, signature and headers.
  const echo = await answerWith((response) => {
    const { url, headers } = response.req;
    response.writeHead(400, { "x-ms-request-id": "1", "x-ms-error-code": String(url).replace(/[^\x21-\x7e]/g, "") });
    response.end(
      `<Error><Code>X</Code><Message>${url} ${JSON.stringify(headers).replaceAll('"', "")}</Message></Error>`,
    );
  });
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const ways: Partial<AzureStorageOptions>[] = [
    { endpoint, accountName, accountKey },
    { endpoint, sasToken },
    { endpoint: echo, sasToken },
    { endpoint: "http://127.0.0.1:1", sasToken },
    { endpoint, credential },
    { connectionString: `BlobEndpoint=${endpoint};SharedAccessSignature=${sasToken}` },
    { client: new BlobServiceClient(`${endpoint}?${sasToken}`, undefined, { retryOptions: { maxTries: 1 } }) },
    { client: new BlobServiceClient(`${echo}?${sasToken}`, undefined, { retryOptions: { maxTries: 1 } }) },
  ];
  const storages = ways.map((way) =>
    opened(new AzureStorage({ container, logger, maxAttempts: 2, timeoutMs: 100, ...way })),
  );
  const seen: unknown[] = [...storages];
  for (const storage of storages) {
    for (const fault of faults) {
      const calls = [
        () => storage.put("key", bytes("body"), { ifAbsent: true }),
        () => storage.get("key"),
        () => storage.head("key"),
        () => collect(storage.list("")),
      ];
      await Promise.all(
        calls.map(async (call) => {
          if (fault !== undefined) server.faults.add("any", fault, 2);
          await call().catch((error: unknown) => {
            expect(isMeteringError(error)).toBe(true);
            seen.push(error);
          });
        }),
      );
      server.faults.clear();
    }
  }
  expect(seen.length).toBeGreaterThan(150);
  const shown = seen.map((value) => inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value)).join();
  const signature = new URLSearchParams(sasToken).get("sig") ?? "";
  for (const secret of [accountKey, token, signature, encodeURIComponent(signature), "SharedKey account"]) {
    expect(shown).not.toContain(secret);
    expect(lines.join()).not.toContain(secret);
  }
});
