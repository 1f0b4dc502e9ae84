import { parseOptions } from "@metering/core";
import * as z from "zod/mini";
import type { Memory } from "./memory.ts";

/** Options of {@link MemoryStorage}. */
export interface MemoryStorageOptions {
  /** Where the objects live. Give the same memory to several storages to share them. Default: a new, empty one. */
  readonly memory?: Memory | undefined;
  /** Where in the memory all keys lie; `a/b` and `a/b/` mean the same. Default: directly in the memory. */
  readonly prefix?: string | undefined;
}

// Not `instanceof`: the memory may come from the other build of this package, ESM or CommonJS.
const isMemory = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ["get", "set", "delete", "next"].every((name) => typeof Reflect.get(value, name) === "function");

const schema = /* @__PURE__ */ (() =>
  z.strictObject({
    memory: z.optional(z.custom<Memory>(isMemory, "must be a Memory of @metering/storage-memory")),
    prefix: z.optional(z.string("must be a text such as team/usage")),
  }))();

/** Throws `invalid-argument` where an option breaks its rule. */
export function parseMemoryOptions(options: MemoryStorageOptions) {
  return parseOptions(schema, options, "MemoryStorage");
}
