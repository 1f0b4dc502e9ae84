// What a program that writes needs of core, so that it need not install core itself.
export {
  isMeteringError,
  MeteringError,
  meteringValue,
  newSelfId,
  toMinute,
  toSeconds,
  type JsonObject,
  type JsonValue,
  type Logger,
  type Metadata,
  type MeteringElement,
  type MeteringErrorCode,
  type MeteringRecord,
  type MeteringValue,
  type ObjectStorage,
  type Stored,
} from "@metering/core";
export { copyMetadata, copyRecord, type CopyOptions } from "./copy-record.ts";
export { MetaWriter, type MetaReceipt, type MetaWriterOptions } from "./meta-writer.ts";
export { MeteringWriter, type MeteringWriterOptions, type WriteReceipt } from "./metering-writer.ts";
export type { StoredPart } from "./record-pages.ts";
export type { IfExists, Outcome } from "./stored-object.ts";
