import { parseOptions } from "@metering/core";
import { LRUCache } from "lru-cache";
import { integer } from "@metering/schema";
import * as z from "zod/mini";
import type { MetadataCache } from "./metadata-cache.ts";

/** Options of {@link memoryCache}. */
export interface MemoryCacheOptions {
  /** How many bytes of files to hold at most; the least recently used go first. */
  readonly maxBytes: number;
  /** Forget a file so long after it was stored, in milliseconds. Default: only when room is needed. */
  readonly ttlMs?: number | undefined;
}

const optionsSchema = /* @__PURE__ */ (() =>
  z.strictObject(
    {
      maxBytes: integer(1, undefined, "bytes"),
      ttlMs: z.optional(integer(1, undefined, "milliseconds")),
    },
    "must be an object",
  ))();

/**
 * A cache in this process's memory.
 *
 * @throws `invalid-argument` for an option that breaks its rule.
 */
export function memoryCache(options: MemoryCacheOptions): MetadataCache {
  const { maxBytes, ttlMs } = parseOptions(optionsSchema, options, "memoryCache");
  const files = new LRUCache<string, Uint8Array>({
    maxSize: maxBytes,
    sizeCalculation: (file) => Math.max(1, file.length),
    ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
  });
  let hits = 0;
  let misses = 0;
  return {
    async get(name) {
      const file = files.get(name);
      if (file === undefined) misses++;
      else hits++;
      return file;
    },
    async set(name, file) {
      files.set(name, file);
    },
    stats: () => ({ hits, misses, bytes: files.calculatedSize }),
  };
}
