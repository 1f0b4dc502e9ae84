import { type AzureTestServer, type AzureTestServerOptions, startAzureTestServer } from "@metering/azure-test-server";
import { isMeteringError, type MeteringError } from "@metering/core";
import { expect, onTestFinished } from "vitest";
import { AzureStorage, type AzureStorageOptions } from "../src/index.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);

/** A server of the test's own, which must have known every request at its end. */
export async function startServer(options: AzureTestServerOptions = {}): Promise<AzureTestServer> {
  const server = await startAzureTestServer(options);
  onTestFinished(async () => {
    await server.stop();
    expect(server.unknownRequests).toEqual([]);
  });
  return server;
}

/** A storage on that server, closed at the end of the test. */
export function openStorage(server: AzureTestServer, options: Partial<AzureStorageOptions> = {}): AzureStorage {
  const { container, endpoint, accountName, accountKey } = server;
  return opened(new AzureStorage({ container, endpoint, accountName, accountKey, ...options }));
}

/** Closes the storage at the end of the test. */
export function opened(storage: AzureStorage): AzureStorage {
  onTestFinished(() => storage.close());
  return storage;
}

/** What a call rejects with, which has to be a `MeteringError`. */
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

export const keysOf = async (items: AsyncIterable<{ readonly key: string }>): Promise<string[]> =>
  (await collect(items)).map(({ key }) => key);
