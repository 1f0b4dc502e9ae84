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

/**
 * An object type whose properties JSON can hold, declared as a `type` or as an `interface`: the constraint of the elements
 * that `write` accepts.
 */
export type JsonCompatibleObject<Type> = { readonly [Key in keyof Type]: JsonCompatible<Type[Key]> };

type JsonCompatible<Type> = Type extends JsonValue
  ? Type
  : Type extends (...args: never) => unknown
    ? never
    : Type extends object
      ? JsonCompatibleObject<Type>
      : never;

/** Identifies one record. */
export interface RecordId {
  /** Minute the usage belongs to: Unix seconds, positive, a multiple of 60, up to the year 9999. */
  readonly timestamp: number;
  /** Kind of the component that measured, such as `tidb-server`. A path segment. */
  readonly category: string;
  /** The component that measured. A path segment without `-`. */
  readonly selfId: string;
  /** Pool the component belongs to; where set, the record lies in the pool layout. A path segment. */
  readonly sharedPoolId?: string | undefined;
}

/** The usage that one component measured in one minute. */
export interface MeteringRecord<Element = MeteringElement> extends RecordId {
  /** Usually one element for each tenant. An array is checked to its end before anything is stored. */
  readonly data: Iterable<Element> | AsyncIterable<Element>;
}

/**
 * What part 0 says about the pages of its record. A record is exactly the pages that its manifest names: any other page
 * under the record's keys belongs to nobody.
 */
export interface PageManifest {
  /** How many pages the record has, part 0 included: 1 or more. */
  readonly parts: number;
  /** {@link pageDigest} of parts 1 … `parts` − 1, in order. */
  readonly digests: readonly string[];
}

/** One stored file of a record. */
export interface MeteringPage extends RecordId {
  /** Where it is stored. */
  readonly key: string;
  /** Number of the page in its record, from 0. */
  readonly part: number;
  /** Elements in written order. `null` where the Go SDK wrote a nil element. */
  readonly data: readonly (MeteringElement | null)[];
  /** Of part 0: which pages its record has. `undefined` for the Go SDK's part 0 and for all other parts. */
  readonly manifest?: PageManifest | undefined;
}

/** Kinds of metadata. */
export type MetadataType = "logic" | "sharedpool";

/** Identifies one version of a cluster's metadata. */
export interface MetadataId {
  /** Absent only in files of the legacy layout, which is read and never written. */
  readonly type?: MetadataType | undefined;
  /** Component kind the metadata is for, where it is not the whole cluster's. A path segment. */
  readonly category?: string | undefined;
  /** A path segment. */
  readonly clusterId: string;
  /** When it changed: Unix seconds, positive, up to the year 9999. */
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
