import { inspect } from "node:util";
import { s3Faults, type Fault } from "@metering/s3-test-server";
import type { S3StorageOptions } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes, startStore } from "./store.ts";

const roleArn = "arn:aws:iam::123456789012:role/writer";
const canaries = ["canary-access-key", "canary-secret-key", "canary-session-token"] as const;
const [accessKeyId, secretAccessKey, sessionToken] = canaries;

const failures: Readonly<Record<string, Fault | undefined>> = {
  "refused credentials": undefined,
  "a server error": s3Faults.internalError,
  throttling: { ...s3Faults.slowDown, headers: {} },
  "a denied request": s3Faults.accessDenied,
  "a wrong region": s3Faults.permanentRedirect,
  "clock skew": s3Faults.clockSkew,
  "a broken connection": { kind: "cut-before" },
  "no response": { kind: "hang" },
};

/** Everything that a log could show of a value. */
const shown = (value: unknown): string =>
  [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.stack} ${inspect(value.cause, { depth: 20, showHidden: true })}` : "",
  ].join("\n");

test.for(Object.entries(failures))("no credentials leak after %s", async ([, fault]) => {
  const { server, open } = await startStore({ roles: { [roleArn]: {} } });
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const keys = { accessKeyId, secretAccessKey, sessionToken };
  const variants: readonly Partial<S3StorageOptions>[] = [
    { credentials: keys },
    { credentials: () => Promise.resolve(keys) },
    { credentials: keys, assumeRole: { roleArn, stsEndpoint: server.endpoint } },
  ];
  for (const variant of variants) {
    const logger = { debug: log, info: log, warn: log, error: log };
    const storage = open({ ...variant, logger, maxAttempts: 2, timeoutMs: 50 });
    const calls = [
      () => storage.put("key", bytes("body")),
      () => storage.put("key", bytes("body"), { ifAbsent: true }),
      () => storage.get("key"),
      () => storage.head("key"),
      () => storage.delete("key"),
      () => storage.list("")[Symbol.asyncIterator]().next(),
    ];
    for (const call of calls) {
      if (fault !== undefined) server.fail(fault, { times: 4 });
      const failure: unknown = await call().catch((error: unknown) => error);
      server.heal();
      expect(failure).toBeInstanceOf(Error);
      for (const canary of canaries)
        expect(shown(failure).includes(canary), `${canary} in ${String(failure)}`).toBe(false);
    }
    for (const canary of canaries) expect(shown(storage).includes(canary)).toBe(false);
  }
  for (const canary of canaries) expect(lines.join("\n").includes(canary)).toBe(false);
});
