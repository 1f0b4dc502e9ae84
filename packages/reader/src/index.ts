// What a program that reads needs of core, so that it need not install core itself.
export {
  componentOf,
  isMeteringError,
  isMeteringValue,
  MeteringError,
  toMinute,
  toSeconds,
  type JsonObject,
  type JsonValue,
  type Logger,
  type MeteringElement,
  type MeteringErrorCode,
  type MeteringPage,
  type MeteringValue,
  type ObjectStorage,
  type RecordId,
  type StoredMetadata,
} from "@metering/core";
export type { ReadRecord } from "./assemble-record.ts";
export { isFinding, type OnFinding } from "./findings.ts";
export type { ScanRange } from "./list-pages.ts";
export { memoryCache, type MemoryCacheOptions } from "./memory-cache.ts";
export {
  MetaReader,
  type LookupOptions,
  type MetadataFile,
  type MetadataFilter,
  type MetaReaderOptions,
} from "./meta-reader.ts";
export type { CacheStats, MetadataCache } from "./metadata-cache.ts";
export type { MeteringFile } from "./metering-file.ts";
export {
  MeteringReader,
  type ListFilesOptions,
  type MeteringReaderOptions,
  type ReadFilesOptions,
  type ReadRecordOptions,
  type TimestampFiles,
} from "./metering-reader.ts";
export type { RecordFiles } from "./record-files.ts";
export type { ResultOrder } from "@metering/storage-kit";
export type { Incomplete, Scan, ScanEntry, ScanOptions } from "./scan.ts";
export { sumValues, type NamedValue, type SumOptions, type Total } from "./sum-values.ts";
export { uncountedAmount } from "./uncounted-amount.ts";
