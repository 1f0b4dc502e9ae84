import { readAccount } from "./account.ts";
import type { AzureStorageOptions } from "./options.ts";

/** Host of an account's blob service, and its path where it has one; never with a signature. */
export function whereIs(options: AzureStorageOptions): string {
  const { host, pathname } = new URL(options.client?.url ?? readAccount(options).endpoint);
  return host + pathname.replace(/\/+$/, "");
}
