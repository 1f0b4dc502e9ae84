import { gzipSync } from "node:zlib";
import {
  isMeteringValue,
  meteringKeyPrefix,
  stringifyJson,
  type JsonObject,
  type MeteringElement,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { MeteringWriter } from "@metering/writer";
import fc from "fast-check";

export const day = "2025-08-22";
export const midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
/** A clock long after the day. */
export const now = (): number => midnight + 10 * 86_400;

/** A record, and who wrote it. */
export interface TestRecord extends RecordId {
  readonly data: readonly MeteringElement[];
  readonly by: "us" | "go";
  /** So small that some records have several pages. */
  readonly pageSizeBytes: number;
}

/** A record of one tenant that stored so much. */
export const recordOf = (selfId: string, value: number): TestRecord => ({
  timestamp: midnight,
  category: "gateway",
  selfId,
  data: [{ cluster_id: "lc-1", stored: { value, unit: "bytes" } }],
  by: "us",
  pageSizeBytes: 1_000_000,
});

/** Stores a record, in place of the one that may be there. */
export async function store(storage: ObjectStorage, record: TestRecord): Promise<void> {
  const { timestamp, category, selfId, sharedPoolId, data, by, pageSizeBytes } = record;
  if (by === "us") {
    const writer = new MeteringWriter(storage, { pageSizeBytes, ifExists: "overwrite" });
    await writer.write({ timestamp, category, selfId, sharedPoolId, data });
    return;
  }
  // As the Go SDK: one page after the other from part 0, and no manifest.
  const prefix = meteringKeyPrefix(record);
  for await (const { key } of storage.list(prefix, { keysOnly: true })) await storage.delete(key);
  const half = Math.ceil(data.length / 2);
  const pages = half > 1 ? [data.slice(0, half), data.slice(half)] : [data];
  for (const [part, elements] of pages.entries()) {
    const pool = sharedPoolId === undefined ? {} : { shared_pool_id: sharedPoolId };
    const body: JsonObject = { timestamp, category, self_id: selfId, ...pool, part, data: elements };
    await storage.put(`${prefix}${part}.json.gz`, gzipSync(stringifyJson(body)));
  }
}

/** What a record comes to, worked out in the plainest way: how often each of these rows is there. */
export function rowsOf(record: TestRecord): readonly string[] {
  const rows: string[] = [];
  for (const element of record.data) {
    for (const [meter, property] of Object.entries(element)) {
      if (!isMeteringValue(property)) continue;
      const attributes = Object.fromEntries(Object.entries(element).filter(([, other]) => !isMeteringValue(other)));
      rows.push(rowText({ ...record, meter, unit: property.unit, value: BigInt(property.value), attributes }));
    }
  }
  return rows;
}

interface Row extends RecordId {
  readonly meter: string;
  readonly unit: string;
  readonly value: bigint;
  readonly attributes: JsonObject;
}

/** A row as a text that two equal rows share. */
export function rowText({ timestamp, category, sharedPoolId, selfId, meter, unit, value, attributes }: Row): string {
  return stringifyJson([timestamp, category, sharedPoolId ?? null, selfId, meter, unit, value, attributes]);
}

// Real data shares most of its values: few minutes, components, tenants and amounts.
const minute = fc.constantFrom(0, 60, 86_340).map((seconds) => midnight + seconds);
const amount = fc.oneof(
  fc.constantFrom(0, 1, 60, 9_007_199_254_740_991),
  fc.constantFrom(9_007_199_254_740_993n, 18_446_744_073_709_551_615n),
);
const value = fc.record({ value: amount, unit: fc.constantFrom("seconds", "bytes") });

const element: fc.Arbitrary<MeteringElement> = fc
  .record(
    {
      cluster_id: fc.constantFrom("lc-1", "lc-2", "Ω_.\u{1f600}"),
      region: fc.constantFrom<string | null | bigint>("eu", null, 12_345_678_901_234_567_890n),
      tags: fc.constantFrom<JsonObject>({}, { a: [1, "b"] }),
      compute: value,
      stored: value,
    },
    { requiredKeys: [] },
  )
  .map((fields) => ({ ...fields }));

export const testRecord: fc.Arbitrary<TestRecord> = fc.record({
  timestamp: minute,
  category: fc.constantFrom("gateway", "gateway.v2"),
  selfId: fc.constantFrom("gw_1__0t5rxmkq3v9z2ab", "gw_1__0t5rxmkq3v9z2ac", "gw_2"),
  sharedPoolId: fc.option(fc.constantFrom("pool-1", "_p.2"), { nil: undefined }),
  data: fc.array(element, { maxLength: 5 }),
  by: fc.constantFrom("us", "us", "go"),
  pageSizeBytes: fc.constantFrom(80, 1_000_000),
});

/** The records that are there after all of these were stored, by their identity. */
export function latest(records: readonly TestRecord[]): ReadonlyMap<string, TestRecord> {
  return new Map(records.map((record) => [meteringKeyPrefix(record), record]));
}
