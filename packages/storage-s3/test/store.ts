import { startS3TestServer, type S3TestServer, type S3TestServerOptions } from "@metering/s3-test-server";
import { S3Storage, type S3StorageOptions } from "@metering/storage-s3";
import { onTestFinished } from "vitest";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** A server for one test, and storages on its bucket `metering`. All are closed after the test. */
export interface Store {
  readonly server: S3TestServer;
  readonly open: (options?: Partial<S3StorageOptions>) => S3Storage;
}

export async function startStore(options?: S3TestServerOptions): Promise<Store> {
  const server = await startS3TestServer(options);
  onTestFinished(() => server.close());
  return {
    server,
    open(more) {
      const { endpoint, region, credentials } = server;
      const storage = new S3Storage({ bucket: "metering", endpoint, region, credentials, ...more });
      onTestFinished(() => storage.close());
      return storage;
    },
  };
}

/** A storage that has already tested its server for conditional writes. */
export async function openProven(store: Store, options?: Partial<S3StorageOptions>): Promise<S3Storage> {
  const storage = store.open(options);
  await storage.put("proof", bytes("proof"), { ifAbsent: true });
  return storage;
}
