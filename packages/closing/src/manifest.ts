import { isMeteringError, MeteringError, type CallOptions, type ObjectStorage } from "@metering/core";
import { parallelMap } from "@metering/storage-kit";
import * as z from "zod/mini";
import { manifestKey, manifestPrefix, parseManifestKey, tableNames, type TableName } from "./closed-keys.ts";
import {
  completenessSchema,
  fromStoredCompleteness,
  toStoredCompleteness,
  type CompletenessFound,
} from "./completeness-found.ts";
import type { RollupUnit } from "./rollup.ts";
import type { ValueType } from "./tables.ts";
import type { ClosedTotal } from "./totals.ts";

/** A Parquet file of a closing. */
export interface ClosedFile {
  readonly table: TableName;
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file, in lower-case hexadecimal digits. */
  readonly sha256: string;
  /** First and last minute of its rows, in Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** What one closing of a day stored: the day itself (number 0) or an addition. Its manifest, as it was stored. */
export interface Closing {
  /** Its id, which stands in every row of its files. */
  readonly closing: string;
  /** UTC day, such as `2025-08-22`. */
  readonly day: string;
  /** 0: closed the day. 1 and up: additions. */
  readonly number: number;
  /** When it was closed, by the closer's clock: Unix seconds. */
  readonly closedAt: number;
  /** Seconds after its minute within which a record is not late. */
  readonly grace: number;
  readonly values: ValueType;
  /** Attributes with a column of their own. */
  readonly attributes: readonly string[];
  /** Plain numbers that count, and their units. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly rollups: readonly RollupUnit[];
  /** How many records it added. */
  readonly records: number;
  /** How many records that were closed before it took back, because they had changed. */
  readonly replaced: number;
  /** How many files or records were left out, because `incomplete` or `onFinding` allowed it. */
  readonly skipped: number;
  readonly totals: readonly ClosedTotal[];
  /** What was missing when the day was closed. Of an addition: `undefined`. */
  readonly completeness: CompletenessFound | undefined;
  readonly files: readonly ClosedFile[];
}

/** The version of manifests that this package writes. */
const version = 1;

const encoder = new TextEncoder();

/** The file of a manifest. Sums are texts, since most SQL engines would read larger integers as doubles. */
export function encodeManifest(closing: Closing): Uint8Array {
  const { closedAt, totals, completeness, ...fields } = closing;
  return encoder.encode(
    JSON.stringify({
      version,
      ...fields,
      closed_at: closedAt,
      totals: totals.map(({ value, ...total }) => ({ ...total, value: value.toString() })),
      completeness: completeness === undefined ? undefined : toStoredCompleteness(completeness),
    }),
  );
}

const manifestSchema = /* @__PURE__ */ (() => {
  const whole = z.int();
  const count = z.int().check(z.gte(0));
  return z.object({
    version: z.literal(version),
    closing: z.string(),
    day: z.string(),
    number: count,
    closed_at: whole,
    grace: count,
    values: z.enum(["uint64", "decimal"]),
    attributes: z.array(z.string()),
    numbers: z.record(z.string(), z.string()),
    rollups: z.array(z.enum(["hour", "day"])),
    records: count,
    replaced: count,
    skipped: count,
    totals: z.array(
      z.object({
        category: z.string(),
        meter: z.string(),
        unit: z.string(),
        value: z.string().check(z.regex(/^-?\d{1,60}$/)),
      }),
    ),
    completeness: z.optional(completenessSchema),
    files: z.array(
      z.object({
        table: z.enum(tableNames),
        key: z.string(),
        rows: count,
        bytes: count,
        sha256: z.string(),
        from: whole,
        to: whole,
      }),
    ),
  });
})();

/** @throws `invalid-format` if it is no manifest, or one of a later version. */
export function decodeManifest(key: string, bytes: Uint8Array, storage: string): Closing {
  const invalid = (cause: unknown): MeteringError =>
    new MeteringError(
      "invalid-format",
      `${key} in ${storage} is no manifest that this version can read. Nothing of its day is used. Update @metering/closing, or find out who changed it.`,
      { key, storage, cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(error);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error);
  const { version: _, closed_at: closedAt, completeness, totals, ...manifest } = parsed.data;
  const at = parseManifestKey(key);
  if (at?.day !== manifest.day || at.number !== manifest.number) throw invalid(undefined);
  return {
    ...manifest,
    closedAt,
    completeness: completeness === undefined ? undefined : fromStoredCompleteness(completeness),
    totals: totals.map(({ value, ...total }) => ({ ...total, value: BigInt(value) })),
  };
}

/** The closings of a day, by number: none if it is open. */
export async function readClosings(
  storage: ObjectStorage,
  day: string,
  options: CallOptions,
): Promise<readonly Closing[]> {
  return (await readClosingsByDay(storage, { first: day, last: day }, options)).get(day) ?? [];
}

// Manifests are small, and a month has few.
const concurrency = 16;

/** The closings of each closed day from the first to the last one, by number. One listing, and one download each. */
export async function readClosingsByDay(
  storage: ObjectStorage,
  { first, last }: { readonly first: string; readonly last: string },
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, readonly Closing[]>> {
  const manifests = parallelMap(
    (stop) => listManifests(storage, first, last, stop),
    async (key, stop) => decodeManifest(key, await storage.get(key, { signal: stop }), storage.name),
    { concurrency, signal },
  );
  const byDay = new Map<string, Closing[]>();
  for await (const closing of manifests) {
    const closings = byDay.get(closing.day);
    if (closings === undefined) byDay.set(closing.day, [closing]);
    else closings.push(closing);
  }
  // The store lists 10 before 2.
  for (const closings of byDay.values()) closings.sort((a, b) => a.number - b.number);
  return byDay;
}

async function* listManifests(
  storage: ObjectStorage,
  first: string,
  last: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const prefix = first === last ? manifestPrefix(first) : manifestPrefix();
  const startAfter = manifestPrefix(first);
  for await (const { key } of storage.list(prefix, { startAfter, keysOnly: true, signal })) {
    const found = parseManifestKey(key);
    if (found === undefined) continue;
    if (found.day > last) return;
    yield key;
  }
}

/** Stores a manifest, which makes its files count, unless one is there. Returns the one that is there. */
export async function storeManifest(storage: ObjectStorage, closing: Closing, options: CallOptions): Promise<Closing> {
  const key = manifestKey(closing.day, closing.number);
  try {
    await storage.put(key, encodeManifest(closing), { ...options, ifAbsent: true });
    return closing;
  } catch (error) {
    if (!isMeteringError(error, "already-exists")) throw error;
    return decodeManifest(key, await storage.get(key, options), storage.name);
  }
}
