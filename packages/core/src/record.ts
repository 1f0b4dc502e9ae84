/** What JSON can hold, with integers of any size: `number` while safe, `bigint` beyond ±(2^53−1). */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * An amount with its unit. `value` is an integer from 0 to 2^64−1: a `number` while it is safe, a `bigint` beyond
 * 2^53−1. It is never rounded on the way in or out.
 */
export type MeteringValue = {
  readonly value: number | bigint;
  readonly unit: string;
};

/**
 * What one tenant used: a JSON object with keys of the caller's choosing. A property that is an object with both
 * `value` and `unit` is a {@link MeteringValue}; everything else passes through exactly.
 *
 * @example
 * ```ts
 * const element: MeteringElement = {
 *   logical_cluster_id: "lc-1",
 *   compute_seconds: { value: 3600, unit: "seconds" },
 *   bytes_out: { value: 18_446_744_073_709_551_615n, unit: "bytes" },
 * };
 * ```
 */
export type MeteringElement = JsonObject;

/** What tells one record from every other. */
export interface RecordId {
  /** Minute the usage belongs to: Unix seconds, positive, a multiple of 60. */
  readonly timestamp: number;
  /** Kind of the component that measured, such as `tidb-server`. A path segment. */
  readonly category: string;
  /** The component that measured. A path segment without `-`. */
  readonly selfId: string;
  /** Pool the component belongs to; where set, the record lies in the pool layout. A path segment. */
  readonly sharedPoolId?: string | undefined;
}

/** One minute's usage, as one component measured it. */
export interface MeteringRecord extends RecordId {
  /** One element a tenant. An array is checked as a whole before anything is stored; any iterable is taken. */
  readonly data: Iterable<MeteringElement> | AsyncIterable<MeteringElement>;
}

/** One stored file of a record. */
export interface MeteringPage extends RecordId {
  /** Where it is stored. */
  readonly key: string;
  /** Number of the page in its record, from 0. */
  readonly part: number;
  /** Elements in written order. `null` where the Go SDK wrote a nil element. */
  readonly data: readonly (MeteringElement | null)[];
}

/** Kinds of metadata. */
export type MetadataType = "logic" | "sharedpool";

/** What tells one version of a cluster's metadata from every other. */
export interface MetadataId {
  /** Absent only in files of the legacy layout, which is read and never written. */
  readonly type?: MetadataType | undefined;
  /** Component kind the metadata is for, where it is not the whole cluster's. A path segment. */
  readonly category?: string | undefined;
  /** A path segment. */
  readonly clusterId: string;
  /** When it changed: Unix seconds, positive. */
  readonly modifyTs: number;
}

/** One version of a cluster's metadata, to be written. */
export interface Metadata extends MetadataId {
  readonly type: MetadataType;
  readonly metadata: JsonObject;
}

/** One version of a cluster's metadata, as it was stored. */
export interface StoredMetadata extends MetadataId {
  /** Where it is stored. */
  readonly key: string;
  /** `null` where the Go SDK wrote nil. */
  readonly metadata: JsonObject | null;
}
