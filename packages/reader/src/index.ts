export type { OnDamaged } from "./damage.ts";
export type { ScanRange } from "./list-range.ts";
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
  type MeteringReaderOptions,
  type ReadFilesOptions,
  type ReadRecordOptions,
  type TimestampFiles,
} from "./metering-reader.ts";
export type { ResultOrder } from "@metering/storage-kit";
export type { ReadRecord } from "./read-record.ts";
export type { Incomplete, Scan, ScanEntry, ScanOptions } from "./scan.ts";
export { sumValues, type NamedValue, type Total } from "./totals.ts";
