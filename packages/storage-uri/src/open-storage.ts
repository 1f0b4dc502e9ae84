import { parseOptions, type ObjectStorage } from "@metering/core";
import { choice, methods } from "@metering/schema";
import * as z from "zod/mini";
import { checkConfig, isSet } from "./config-schema.ts";
import type { StorageConfig } from "./config.ts";
import { formatChecked } from "./format-address.ts";
import { openAdapter } from "./open-adapter.ts";
import { parseAddress, type AddressOptions } from "./parse-address.ts";

/** Options of {@link openStorage}. */
export interface OpenStorageOptions extends AddressOptions {
  /** Ends the wait for the adapter to load. */
  readonly signal?: AbortSignal | undefined;
}

/** A storage, and what its address says beside it. `await using` closes the storage. */
export interface OpenedStorage extends AsyncDisposable {
  /** For a writer or reader. Close it when you are done. */
  readonly storage: ObjectStorage;
  /** Pool of records that name none, for the option `sharedPoolId` of a writer. `undefined` if the address names none. */
  readonly sharedPoolId: string | undefined;
  /** The address without secrets, for messages and files. */
  readonly address: string;
}

const schema = /* @__PURE__ */ (() =>
  z.strictObject({
    secrets: z.optional(choice(["refuse", "accept"])),
    signal: z.optional(methods<AbortSignal>(["throwIfAborted"], "must be an AbortSignal")),
  }))();

/**
 * Opens a storage by its address, such as `s3://usage/prod?region=eu-west-1`, or by its configuration. Sends nothing
 * and creates nothing: the first call on the storage does. Loads the adapter, which must be installed.
 *
 * @throws `invalid-argument` if the address or configuration is invalid, `missing-dependency` if the adapter is not
 * installed. No error contains a secret.
 *
 * @example
 * ```ts
 * await using opened = await openStorage("s3://usage/prod?region=eu-west-1");
 * const writer = new MeteringWriter(opened.storage, { sharedPoolId: opened.sharedPoolId });
 * ```
 */
export async function openStorage(
  from: string | StorageConfig,
  options: OpenStorageOptions = {},
): Promise<OpenedStorage> {
  const { signal, secrets } = parseOptions(schema, options, "openStorage");
  signal?.throwIfAborted();
  const config = typeof from === "string" ? parseAddress(from, { secrets }) : checkConfig(from);
  const storage = await openAdapter(config);
  signal?.throwIfAborted();
  const sharedPoolId = config["shared-pool-id"];
  return {
    storage,
    sharedPoolId: isSet(sharedPoolId) ? sharedPoolId : undefined,
    address: formatChecked(config),
    [Symbol.asyncDispose]: () => storage.close(),
  };
}
