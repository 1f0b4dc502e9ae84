import { isMeteringError, type MeteringError } from "@metering/core";
import { type OssTestServer, type OssTestServerOptions, startOssTestServer } from "@metering/oss-test-server";
import { expect, onTestFinished } from "vitest";
import { OssStorage, type OssStorageOptions } from "../src/index.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

/** A server for one test. It must have recognised every request. */
export async function startServer(options: OssTestServerOptions = {}): Promise<OssTestServer> {
  const server = await startOssTestServer(options);
  onTestFinished(async () => {
    await server.stop();
    expect(server.unknownRequests).toEqual([]);
  });
  return server;
}

/** A storage on that server, closed after the test. */
export function openStorage(server: OssTestServer, options: Partial<OssStorageOptions> = {}): OssStorage {
  const { bucket, region, endpoint, credentials } = server;
  const storage = new OssStorage({ bucket, region, endpoint, credentials, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

/** The `MeteringError` that a call rejects with. */
export async function rejection(call: Promise<unknown>): Promise<MeteringError> {
  const outcome: unknown = await call.then(
    () => "no rejection",
    (error: unknown) => error,
  );
  if (!isMeteringError(outcome)) throw new Error(`not a MeteringError: ${String(outcome)}`);
  return outcome;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
