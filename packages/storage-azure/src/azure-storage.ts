import { silentLogger } from "@metering/core";
import { createKeyPrefix, RemoteStorage } from "@metering/storage-kit";
import { createConnection } from "./connection.ts";
import { meaningOf } from "./errors.ts";
import { nameProblem } from "./names.ts";
import type { AzureStorageOptions } from "./options.ts";
import { checkOptions } from "./options-schema.ts";
import { whereIs } from "./place-id.ts";
import { createRequests } from "./requests.ts";

/**
 * Objects in a container of Azure Blob Storage.
 *
 * Keeps every promise of `ObjectStorage`. Transient failures are retried (`maxAttempts`). Errors are `MeteringError`s and
 * contain no credentials. The Azure SDK is loaded on the first call.
 *
 * @example
 * ```ts
 * await using storage = new AzureStorage({ accountName: "account", container: "usage", prefix: "team-a" });
 * await storage.put("hello.txt", new TextEncoder().encode("hello"), { ifAbsent: true });
 * ```
 */
export class AzureStorage extends RemoteStorage {
  /** @throws `invalid-argument` if an option is invalid. */
  constructor(options: AzureStorageOptions) {
    const checked = checkOptions(options);
    const { container, timeoutMs = 30_000, maxAttempts = 5, maxConnections = 50, logger = silentLogger } = checked;
    const prefix = createKeyPrefix(checked.prefix, `azure://${container}`);
    super({
      name: `azure://${container}/${prefix.value}`,
      id: `azure:${whereIs(checked)}/${container}/${prefix.value}`,
      prefix,
      requests: createRequests(createConnection(checked), checked),
      meaningOf: (cause, call) => meaningOf(cause, call, container),
      nameProblem,
      timeoutMs,
      maxAttempts,
      maxConnections,
      logger,
    });
  }
}
