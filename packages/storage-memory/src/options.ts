import { parseOptions } from "@metering/core";
import { methods } from "@metering/schema";
import * as z from "zod/mini";
import type { Memory } from "./memory.ts";

/** Options of {@link MemoryStorage}. */
export interface MemoryStorageOptions {
  /** Where the objects live. Give the same memory to several storages to share them. Default: a new, empty one. */
  readonly memory?: Memory | undefined;
  /** Where in the memory all keys lie; `a/b` and `a/b/` mean the same. Default: directly in the memory. */
  readonly prefix?: string | undefined;
}

const schema = /* @__PURE__ */ (() =>
  z.strictObject({
    memory: z.optional(
      methods<Memory>(["get", "set", "delete", "next"], "must be a Memory of @metering/storage-memory"),
    ),
    prefix: z.optional(z.string("must be a text such as team/usage")),
  }))();

/** Throws `invalid-argument` where an option breaks its rule. */
export function parseMemoryOptions(options: MemoryStorageOptions) {
  return parseOptions(schema, options, "MemoryStorage");
}
