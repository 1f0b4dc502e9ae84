import { readAccount } from "./account.ts";
import type { AzureStorageOptions } from "./options.ts";

/** Host and path of the account's blob service, without a signature. */
export function whereIs(options: AzureStorageOptions): string {
  const { host, pathname } = new URL(options.client?.url ?? readAccount(options).endpoint);
  return host + pathname.replace(/\/+$/, "");
}
