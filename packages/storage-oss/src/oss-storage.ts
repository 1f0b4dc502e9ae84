import { silentLogger } from "@metering/core";
import { createKeyPrefix, RemoteStorage } from "@metering/storage-kit";
import { createConnection } from "./connection.ts";
import { meaningOf } from "./errors.ts";
import type { OssStorageOptions } from "./options.ts";
import { checkOptions } from "./options-schema.ts";
import { whereIs } from "./place-id.ts";
import { createRequests } from "./requests.ts";

// https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions
const maxNameBytes = 1023;

/** OSS allows one byte less than the key rules do, and no backslash at the start. */
function nameProblem(name: string): string | undefined {
  if (name.startsWith("\\")) return "begins with a backslash, which OSS does not allow";
  if (Buffer.byteLength(name) > maxNameBytes) return `has more than ${maxNameBytes} bytes with its prefix`;
  return undefined;
}

/**
 * Objects in a bucket of Alibaba Cloud OSS.
 *
 * Keeps every promise of `ObjectStorage`. Transient failures are retried (`maxAttempts`). Errors are `MeteringError`s and
 * contain no credentials. ali-oss is loaded on the first call.
 *
 * @example
 * ```ts
 * await using storage = new OssStorage({ bucket: "usage", region: "cn-hangzhou", prefix: "team-a" });
 * await storage.put("hello.txt", new TextEncoder().encode("hello"), { ifAbsent: true });
 * ```
 */
export class OssStorage extends RemoteStorage {
  /** @throws `invalid-argument` if an option is invalid. */
  constructor(options: OssStorageOptions) {
    const checked = checkOptions(options);
    const { bucket, timeoutMs = 30_000, maxAttempts = 5, maxConnections = 50, logger = silentLogger } = checked;
    const prefix = createKeyPrefix(checked.prefix, `oss://${bucket}`);
    super({
      name: `oss://${bucket}/${prefix.value}`,
      id: `oss:${whereIs(checked)}/${bucket}/${prefix.value}`,
      prefix,
      requests: createRequests(createConnection(checked)),
      meaningOf: (cause, call) => meaningOf(cause, call, bucket),
      nameProblem,
      timeoutMs,
      maxAttempts,
      maxConnections,
      logger,
    });
  }
}
