import type { CallOptions, ObjectStorage } from "@metering/core";
import { bytesOf, collect } from "./samples.ts";

/** One call of a verb; those that read ask for the key `there`. */
export type Call = (storage: ObjectStorage, options: CallOptions) => Promise<unknown>;

/** Every way to call a storage, for the tests that hold for each of them. */
export const calls: Readonly<Record<string, Call>> = {
  put: (storage, options) => storage.put("aborted", bytesOf("body"), options),
  "put with ifAbsent": (storage, options) => storage.put("aborted", bytesOf("body"), { ...options, ifAbsent: true }),
  get: (storage, options) => storage.get("there", options),
  head: (storage, options) => storage.head("there", options),
  delete: (storage, options) => storage.delete("there", options),
  list: (storage, options) => collect(storage.list("", options)),
  "list with keysOnly": (storage, options) => collect(storage.list("", { ...options, keysOnly: true })),
};
