import { silentLogger } from "@metering/core";
import { createKeyPrefix, RemoteStorage } from "@metering/storage-kit";
import { createConnection } from "./connection.ts";
import { meaningOf } from "./errors.ts";
import type { S3StorageOptions } from "./options.ts";
import { checkOptions } from "./options-schema.ts";
import { whereIs } from "./place-id.ts";
import { createRequests } from "./requests.ts";

/**
 * Objects in a bucket of AWS S3 or of an S3-compatible store with conditional writes.
 *
 * Keeps every promise of `ObjectStorage`. Transient failures are retried (`maxAttempts`). Errors are `MeteringError`s and
 * contain no credentials. The AWS SDK is loaded on the first call.
 *
 * @example
 * ```ts
 * await using storage = new S3Storage({ bucket: "usage", region: "eu-west-1", prefix: "team-a" });
 * await storage.put("hello.txt", new TextEncoder().encode("hello"), { ifAbsent: true });
 * ```
 */
export class S3Storage extends RemoteStorage {
  /** @throws `invalid-argument` if an option is invalid. */
  constructor(options: S3StorageOptions) {
    const checked = checkOptions(options);
    const { bucket, timeoutMs = 30_000, maxAttempts = 5, maxConnections = 50, logger = silentLogger } = checked;
    const prefix = createKeyPrefix(checked.prefix, `s3://${bucket}`);
    super({
      name: `s3://${bucket}/${prefix.value}`,
      id: `s3:${whereIs(checked)}/${bucket}/${prefix.value}`,
      prefix,
      requests: createRequests(createConnection(checked), checked),
      meaningOf: (cause, call) => meaningOf(cause, call, bucket),
      timeoutMs,
      maxAttempts,
      maxConnections,
      logger,
    });
  }
}
